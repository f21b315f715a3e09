"""Only what is asked for crosses the wire, as the arrays a browser has; what is no question is refused in words."""

import numpy as np
import pytest

from maskrcnn_inspect.explorer.readings import FATES, READINGS, STAGE_TIMES, Run, names_of
from maskrcnn_inspect.explorer.wire import answer, part_of


def arrays(run, *wants):
    headers, packed = answer(run, wants)
    return [
        np.frombuffer(one, header["dtype"]).reshape(header["shape"])
        for header, one in zip(headers, packed, strict=True)
    ]


def test_a_channel_is_that_channel_and_nothing_else(run):
    (got,) = arrays(run, {"name": "fpn.p3", "channel": 5})
    np.testing.assert_array_equal(got, run.trace["fpn.p3"][..., 5])


def test_rows_are_those_rows_in_their_order(run):
    (got,) = arrays(run, {"name": "proposals.boxes", "rows": [7, 2]})
    np.testing.assert_array_equal(got, run.trace["proposals.boxes"][[7, 2]])


def test_kinds_become_those_a_browser_has(run):
    masks, level, scores = arrays(
        run, {"name": "pasting.masks"}, {"name": "anchors.level"}, {"name": "rpn.scores"}
    )
    assert (masks.dtype, level.dtype, scores.dtype) == (np.uint8, np.int32, np.float32)
    np.testing.assert_array_equal(masks, run.trace["pasting.masks"])
    np.testing.assert_array_equal(scores, run.trace["rpn.scores"])


@pytest.mark.parametrize(
    ("want", "words"),
    [
        ({"name": "proposals.boxes", "rows": [100_000]}, "wanted 0 to 199, received 100000"),
        ({"name": "proposals.boxes", "rows": [-1]}, "wanted 0 to 199, received -1"),
        ({"name": "proposals.boxes", "rows": "all"}, "wanted a list of integers"),
        ({"name": "fpn.p3", "channel": 64}, "wanted 0 to 63, received 64"),
        ({"name": "reading.nonsense"}, "wanted a reading"),
        ({"rows": [1]}, "wanted {name"),
        ("fpn.p3", "wanted {name"),
    ],
)
def test_what_is_no_question_is_refused_in_words(run, want, words):
    with pytest.raises((ValueError, KeyError, IndexError), match=words):
        part_of(run, want)


def test_every_reading_that_is_promised_can_be_read(run):
    assert set(names_of(run.trace)) | {STAGE_TIMES} == {*READINGS, *FATES}
    for name in names_of(run.trace):
        assert np.asarray(run[name]).size, name


def test_a_trace_without_a_map_promises_no_reading_of_it(kernel):
    from maskrcnn_core.recording.trace import Trace

    whole = kernel.run()
    part = Trace(config=whole.config)
    part.update({name: value for name, value in whole.items() if name != "fpn.p3"})
    promised = names_of(part)
    assert "reading.energy.fpn.p3" not in promised and "reading.energy.fpn.p2" in promised


def test_the_points_of_roi_align_read_what_was_pooled(run):
    """The bilinear sum at the points of one bin, by hand, is the recorded value: two points a side, averaged."""
    trace, row, channel = run.trace, 0, 3
    stride = 2 ** int(trace["box_roi.level"][row])
    features = np.pad(trace[f"fpn.p{trace['box_roi.level'][row]}"][..., channel], 1, mode="edge")
    ys, xs = (run[f"reading.{axis}.box_roi"][row][:2] / stride + 0.5 for axis in ("rows", "columns"))
    values = []
    for y in ys:
        for x in xs:
            (top, left), (dy, dx) = (int(y), int(x)), (y % 1, x % 1)
            cell = features[top : top + 2, left : left + 2]
            values.append((np.array([1 - dy, dy]) @ cell @ np.array([1 - dx, dx])).item())
    assert np.mean(values) == pytest.approx(trace["box_roi.pooled"][row, 0, 0, channel], abs=1e-4)


def test_a_reading_is_computed_once(run):
    again = Run(run.trace)
    assert again["reading.energy.fpn.p2"] is again["reading.energy.fpn.p2"]
