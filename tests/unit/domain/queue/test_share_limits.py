"""Which share limits end 72 hours of seeding early."""

import pytest

from mamctl.domain.queue.share_limits import ShareLimit, early_ends

HOUR = 3600.0


@pytest.mark.spec("QUE-6")
@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (ShareLimit(), ()),
        (ShareLimit(ratio=2), ("at ratio 2",)),
        (ShareLimit(seeding_s=72 * HOUR), ()),
        (ShareLimit(seeding_s=71 * HOUR), ("after 71 h of seeding",)),
        (ShareLimit(idle_s=HOUR / 2), ("after 0.5 h without a transfer",)),
        (ShareLimit(idle_s=80 * HOUR), ()),
        (ShareLimit(category="books", ratio=1.5), ("at ratio 1.5 in category books",)),
        (ShareLimit(ratio=2, seeding_s=HOUR), ("at ratio 2", "after 1 h of seeding")),
        # Where every limit is needed, one of 72 hours keeps it until then.
        (ShareLimit(ratio=2, seeding_s=80 * HOUR, all_needed=True), ()),
        (ShareLimit(ratio=2, all_needed=True), ("at ratio 2",)),
    ],
)
def test_what_ends_early_is_named(limit, words):
    assert early_ends([limit]) == words
