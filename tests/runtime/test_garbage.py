"""Garbage is collected later, and then as before."""

import gc

import pytest

from maskrcnn_core.runtime.garbage import collected_later


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_afterwards_as_before(collecting):
    was = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        with pytest.raises(KeyError), collected_later():
            assert not gc.isenabled()
            raise KeyError
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if was else gc.disable)()


@pytest.mark.parametrize("stays", [True, False])
def test_what_stays_is_not_searched_right_afterwards(stays):
    with collected_later(stays):
        made = [[] for _ in range(1000)]
    young = [*gc.get_objects(0), *gc.get_objects(1)]
    assert any(one is made[-1] for one in young) is not stays


def test_what_somebody_froze_stays_frozen():
    made = [[] for _ in range(1000)]
    gc.freeze()
    try:
        with collected_later(stays=True):
            pass
        assert gc.get_freeze_count() > 0
        assert not any(one is made[-1] for one in gc.get_objects())  # which leaves out what is frozen
    finally:
        gc.unfreeze()
