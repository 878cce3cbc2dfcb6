"""The practice tracker: a small real site on loopback that answers, like the real one, from state."""

from mamctl.practice.clock import PracticeClock
from mamctl.practice.journal import Entry, Journal
from mamctl.practice.tracker.demo_world import demo_world
from mamctl.practice.tracker.mood import DeadForm, Mood, Rotation, Shape, Trouble, TroubleKind
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
    "Caller",
    "DeadForm",
    "Entry",
    "Events",
    "Journal",
    "Mood",
    "PracticeClock",
    "PracticeTracker",
    "Rotation",
    "Section",
    "Session",
    "SessionKind",
    "Shape",
    "Torrent",
    "Trouble",
    "TroubleKind",
    "World",
    "demo_world",
    "small_world",
]
