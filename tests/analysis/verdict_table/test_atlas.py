"""The atlas: principal components by hand, vectors that belong to their rows, files that TensorBoard reads."""

import numpy as np
import pytest

from maskrcnn_inspect.analysis.verdict_table import atlas as rooms
from maskrcnn_inspect.analysis.verdict_table.atlas import VectorFile, principal_components, write_projector
from maskrcnn_inspect.analysis.verdict_table.rows import table_of


def vectors_of(path, values):
    file = VectorFile(path, np.shape(values)[1])
    file.cut(0)
    file.append(np.asarray(values))
    return file


def test_components_are_those_of_numpy_and_parts_make_no_difference(tmp_path, random, monkeypatch):
    values = (random.normal(size=(50, 6)) * [5, 3, 1, 1, 1, 1]).astype(np.float16)
    file = vectors_of(tmp_path / "v", values)
    whole = principal_components(file)
    centred = values.astype(float) - values.astype(float).mean(axis=0)
    scores = centred @ np.linalg.svd(centred)[2].T
    np.testing.assert_allclose(np.abs(whole.coordinates), np.abs(scores[:, :2]), rtol=1e-4, atol=1e-4)
    assert whole.shares[0] == pytest.approx(scores[:, 0].var() / centred.var(axis=0).sum())
    monkeypatch.setattr(rooms, "PART", 7)
    np.testing.assert_allclose(principal_components(file).coordinates, whole.coordinates, atol=1e-4)


def test_rows_without_a_vector_are_left_out_and_one_alone_is_the_mean(tmp_path):
    found = principal_components(vectors_of(tmp_path / "v", [[np.nan] * 3, [1, 2, 3]]))
    assert found.rows.tolist() == [1]
    np.testing.assert_array_equal(found.coordinates, [[0, 0]])
    assert not found.short.any()


def test_what_an_image_that_broke_off_had_written_is_cut(tmp_path):
    file = vectors_of(tmp_path / "v", [[1, 2], [3, 4], [5, 6]])
    file.cut(2)
    file.append(np.array([[7, 8]]))
    assert len(file) == 3
    np.testing.assert_array_equal(np.concatenate(list(file.parts())), [[1, 2], [3, 4], [7, 8]])


def test_each_row_has_the_vector_of_its_proposal(recorded, reader, examiner):
    records, recorder = recorded
    table = table_of(records)
    assert len(recorder.vectors) == len(table)
    explainer = examiner.explainer
    trace = explainer.trace_of(reader[0], ["*", examiner.hidden])
    found = next(row for row in range(len(table)) if table["verdict"][row] == "found")
    proposal = trace["detections.proposal_index"][table["partner"][found]]
    stored = np.concatenate(list(recorder.vectors.parts()))[found]
    np.testing.assert_allclose(stored, trace[examiner.hidden][proposal], rtol=1e-3, atol=1e-3)


def test_tensorboard_reads_the_projector_files(recorded, tmp_path):
    from tensorboard.plugins.projector import projector_plugin as plugin

    records, recorder = recorded
    table = table_of(records)
    atlas = principal_components(recorder.vectors)
    write_projector(recorder.vectors, table, atlas, tmp_path)
    read = plugin._read_tensor_binary_file(
        str(tmp_path / "vectors.bytes"), [len(atlas.rows), recorder.vectors.channels]
    )
    stored = np.concatenate(list(recorder.vectors.parts()))[atlas.rows]
    np.testing.assert_allclose(read, stored)
    assert len((tmp_path / "rows.tsv").read_text().splitlines()) == len(atlas.rows) + 1
    assert f"tensor_shape: {len(atlas.rows)}" in (tmp_path / "projector_config.pbtxt").read_text()
