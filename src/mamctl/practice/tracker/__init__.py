"""The practice tracker: a small real site on loopback that answers, like the real one, from state."""

from mamctl.practice.clock import PracticeClock
from mamctl.practice.journal import Entry, Journal
from mamctl.practice.tracker.behaviour import Behaviour, DeadForm, FaultKind, Rotation, Shape, SiteFault
from mamctl.practice.tracker.demo_world import demo_world
from mamctl.practice.tracker.server import PracticeTracker
from mamctl.practice.tracker.small import small_world
from mamctl.practice.tracker.state import (
    Account,
    Caller,
    Events,
    Section,
    Session,
    SessionKind,
    Torrent,
    World,
)

__all__ = [
    "Account",
    "Behaviour",
    "Caller",
    "DeadForm",
    "Entry",
    "Events",
    "FaultKind",
    "Journal",
    "PracticeClock",
    "PracticeTracker",
    "Rotation",
    "Section",
    "Session",
    "SessionKind",
    "Shape",
    "SiteFault",
    "Torrent",
    "World",
    "demo_world",
    "small_world",
]
