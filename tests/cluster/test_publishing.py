"""Progress leaves in order, without gaps, and outlasts an outage of the sink."""

from cluster.publishing import Publisher

from .fakes import FakeSink
from .waiting import wait_for


def test_messages_are_stamped_in_sequence() -> None:
    """Clients resume by the sequence number."""
    sink = FakeSink()
    publisher = Publisher(sink, first_sequence=5)
    for percent in range(3):
        publisher.publish({"progress": percent})
        wait_for(lambda percent=percent: len(sink.messages) == percent + 1)
    assert publisher.close(5)
    assert [item["sequence"] for item in sink.messages] == [5, 6, 7]
    assert all("updated_at" in item for item in sink.messages)


def test_the_last_message_is_sent_before_the_end() -> None:
    """A job always ends with a terminal message."""
    sink = FakeSink()
    publisher = Publisher(sink)
    publisher.publish({"status": "completed"})
    assert publisher.close(5)
    assert sink.messages[-1]["status"] == "completed"


def test_after_an_outage_the_newest_message_leaves_without_a_gap() -> None:
    """What nobody could see is not sent late."""
    sink = FakeSink()
    sink.away = True
    publisher = Publisher(sink, pause_seconds=0.01)
    for percent in (1, 2, 3):
        publisher.publish({"progress": percent})
    sink.away = False
    assert publisher.close(5)
    sequences = [item["sequence"] for item in sink.messages]
    assert sequences == list(range(1, len(sequences) + 1))
    assert sink.messages[-1]["progress"] == 3


def test_closing_gives_up_on_a_sink_that_stays_away() -> None:
    """The supervisor must be free for the next job."""
    sink = FakeSink()
    sink.away = True
    publisher = Publisher(sink, pause_seconds=0.01)
    publisher.publish({"progress": 1})
    assert not publisher.close(0.1)
    assert sink.messages == []
