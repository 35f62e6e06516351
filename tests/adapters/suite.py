"""The contract of `sync.port.TrackerAdapter`: every adapter, and the fake, passes this one class through its `Rig`.

Nothing here knows a vendor. A subclass gives the fixture `rig`: a tracker with one project in it, the adapter under
test (as `lead`, who may write), and what people do there.
"""

from __future__ import annotations

from tests.adapters.feeds import FeedContract
from tests.adapters.reading import ReadContract
from tests.adapters.writing import WriteContract


class AdapterContract(ReadContract, WriteContract, FeedContract):
    """What holds for every adapter."""
