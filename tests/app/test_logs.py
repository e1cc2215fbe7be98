import io
import logging

import structlog

from troth.app.logs import configure


def test_only_keys_of_the_list_pass() -> None:
    stream = io.StringIO()
    configure(stream)
    structlog.get_logger().info("request.moved", request="req-1", state="fulfilled", phone="+8619900001234")
    assert '"request": "req-1"' in stream.getvalue()
    assert "19900001234" not in stream.getvalue()


def test_a_librarys_message_and_arguments_are_left_out() -> None:
    stream = io.StringIO()
    configure(stream)
    try:
        int("+8619900001234x")
    except ValueError:
        logging.getLogger("driver").exception("could not write %s", "+8619900001234")
    assert '"logger": "driver"' in stream.getvalue()
    assert '"error": "ValueError"' in stream.getvalue()
    assert "19900001234" not in stream.getvalue()
