"""The check of each clause: facts in, finding out."""
