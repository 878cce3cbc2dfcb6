"""The kinds of problems that `meta problems` lists, apart from the judging, which loads much."""

from __future__ import annotations

DOUBTFUL_BELOW = 0.5
"""A title or authors less certain than this need a look."""

KINDS = (
    "broken_link", "damaged_file", "doubtful_authors", "doubtful_title", "duplicate_books", "empty_library",
    "foreign_sidecar", "length_differs", "link_outside", "missing_parts", "narrator_contradicted", "nested_folders",
    "several_books", "several_formats", "shared_file", "unfinished_download", "unreadable_file", "unreadable_folder",
    "unreadable_sidecar", "unreadable_tags",
)  # fmt: skip
"""Catalogues add theirs as they come."""
