"""One reading of a journal comes to what each part makes of the records by itself."""

from maskrcnn_core.files import journal
from maskrcnn_inspect.analysis.candidates.explanation_sums import Sums
from maskrcnn_inspect.analysis.verdict_table import gathering
from maskrcnn_inspect.analysis.verdict_table.comparing import ScoredDetections
from maskrcnn_inspect.analysis.verdict_table.gains import Outcomes
from maskrcnn_inspect.analysis.verdict_table.rows import table_of
from tests.analysis.verdict_table.collecting import collected


class Counting:
    def __init__(self):
        self.seen = []

    def add(self, record):
        self.seen.append(record["index"])


def test_each_record_is_parsed_once_and_comes_to_what_it_came_to_alone(recorded, tmp_path, monkeypatch):
    records, path, counting, parsed = recorded[0], tmp_path / "images.jsonl", Counting(), []
    journal.resume(path, {})
    for record in records:
        journal.append(path, record)
    read = gathering.records
    monkeypatch.setattr(gathering, "records", lambda path: (parsed.append(path) or one for one in read(path)))
    gathered = gathering.gather(path, [counting])
    assert len(parsed) == len(records) and counting.seen == list(range(len(records)))
    sums, scored = collected(Sums(), records), collected(ScoredDetections(), records)
    assert gathered.sums.as_json() == sums.as_json()
    assert gathered.outcomes == collected(Outcomes(), records) and gathered.outcomes.trials
    assert gathered.scored.ap() == scored.ap() > 0
    assert repr(gathered.table) == repr(table_of(records))  # NaN is no number that equals itself
    assert journal.last_record(path) == records[-1]


def test_an_empty_journal_comes_to_nothing(tmp_path):
    journal.resume(tmp_path / "none.jsonl", {})
    gathered = gathering.gather(tmp_path / "none.jsonl")
    assert not gathered.sums.images and not len(gathered.table) and not gathered.scored.ap()
    assert journal.last_record(tmp_path / "none.jsonl") is None
