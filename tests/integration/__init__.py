"""Tests that run real outside parts."""
