"""A test file goes the way of every file, comes back, and leaves nothing behind."""

import os
import signal

import pytest

from bot.domain.references import WorkItemKey
from bot.entrypoints.doctor.upload import EXTERNAL_ID
from bot.sandbox.plane import PlaneServer
from bot.sandbox.wire import Fault, answer, cut
from tests.sandbox.plane_calls import create

WEB_1 = WorkItemKey("WEB", 1)
PAGE = b"<html>not here"
DENIED = b"<Error><Code>SignatureDoesNotMatch</Code></Error>"


@pytest.fixture
def upload(installation):
    """How to examine the upload: mark, finding and next step; Plane is left clean."""

    def upload_(key=WEB_1, *, leaves=0, **options):
        found = installation.find("upload", upload=key, **options)
        assert len(installation.plane.state.attachments()) == leaves
        return found

    return upload_


def test_nothing_is_put_into_plane_unless_asked(installation):
    checks = {finding.check for finding in installation.examine()}

    assert "upload" not in checks
    assert installation.plane.exchanges("plane.create_attachment") == []


def test_a_file_that_comes_back_the_same_is_well_and_is_deleted(installation, upload):
    mark, text, step = upload()

    assert (mark, step) == ("ok", "")
    assert text == (
        "A file of 1 MB went onto WEB-1 and came back the same. It is deleted again."
    )
    (posted,) = installation.store.exchanges("storage.post")
    assert int(posted.headers["content-length"]) > 1_048_576
    (read,) = installation.store.exchanges("storage.get")
    assert "x-api-key" not in read.headers


def test_a_low_limit_of_our_own_keeps_nobody_waiting(installation, upload):
    installation.settings["PLANE_RATE_LIMIT"] = "1"

    assert upload()[0] == "ok"


def test_a_key_with_too_few_calls_for_the_deletion_too_uploads_nothing(
    installation, upload
):
    me = {"X-RateLimit-Remaining": "11", "Content-Type": "application/json"}
    installation.plane.fail(Fault("plane.me", answer(200, b"{}", me)))

    assert upload() == (
        "skipped",
        "Skipped because the key has only 11 calls left in this minute.",
        "Run `loadmaster doctor --upload` again in a minute.",
    )
    assert installation.plane.exchanges("plane.create_attachment") == []


def test_a_plane_of_small_files_gets_a_small_one(installation, upload):
    with PlaneServer(
        store=installation.store, file_size_limit=1000, clock=installation.plane_clock
    ) as plane:
        installation.settings["PLANE_API_URL"] = plane.origin

        mark, text, _ = upload()

    assert (mark, text.startswith("A file of 1000 bytes went")) == ("ok", True)


@pytest.mark.parametrize("key", ["WEB-999", "WEB-7"])
def test_a_work_item_that_is_not_there_is_a_fault(upload, key):
    identifier, _, number = key.partition("-")

    mark, text, _ = upload(WorkItemKey(identifier, int(number)))

    assert mark == "fault"
    assert text.startswith(f"Plane has no {key}, or it is archived or a draft")


def test_a_project_that_is_closed_is_a_fault(installation, upload):
    installation.settings["PLANE_API_KEY"] = "plane_api_bob"

    mark, text, _ = upload(WorkItemKey("OPS", 1))

    assert mark == "fault"
    assert text.startswith("Plane has no project OPS any more, or does not let me")


def test_a_storage_host_with_nobody_there_is_a_fault(installation, upload):
    installation.store.server.stop()

    mark, text, step = upload()

    assert mark == "fault"
    assert text.startswith("I get no connection to Plane's file storage at 127.0.0.1")
    assert text.endswith("nothing listens there.")
    assert "check Plane's AWS_S3_ENDPOINT_URL" in step


@pytest.mark.parametrize(
    ("status", "body", "expected", "step"),
    [
        (403, DENIED, "(HTTP status 403, SignatureDoesNotMatch)", "AWS_S3_BUCKET_NAME"),
        (413, PAGE, "takes nothing as large as the test file", "client_max_body_size"),
        (301, b"", "sends me on to another address", "AWS_S3_ENDPOINT_URL"),
        (200, PAGE, "does not take the test file now", "again in a minute"),
        (502, PAGE, "does not take the test file now", "again in a minute"),
    ],
)
def test_a_storage_that_refuses_is_a_fault_with_its_reason(
    installation, upload, status, body, expected, step
):
    installation.store.fail(Fault("storage.post", answer(status, body)))

    found = upload()

    assert found[0] == "fault"
    assert expected in found[1]
    assert step in found[2]


def test_a_storage_that_breaks_off_is_a_fault(installation, upload):
    installation.store.fail(Fault("storage.post", cut))

    mark, text, _ = upload()

    assert mark == "fault"
    assert "does not take the test file now: the connection broke." in text


def test_a_file_that_is_sent_on_to_its_own_storage_arrives(installation, upload):
    place = {"Location": f"{installation.store.origin}/uploads"}
    installation.store.fail(Fault("storage.post", answer(307, b"", place)))

    assert upload()[0] == "ok"


@pytest.mark.parametrize("body", [b"", b"cut off", PAGE])
def test_other_bytes_than_were_sent_are_a_fault(installation, upload, body):
    installation.store.fail(Fault("storage.get", answer(200, body)))

    assert upload() == (
        "fault",
        "Of 1 MB that went to Plane's file storage, others came back.",
        "Look for a proxy in front of Plane's storage that changes or cuts off bodies.",
    )


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (answer(403, DENIED), "refused the test file's way back (HTTP status 403"),
        (answer(404, b"<Code>NoSuchKey</Code>"), "(HTTP status 404, NoSuchKey)"),
        (answer(302, b"", {"Location": "https://evil.test/"}), "to https://evil.test"),
        (answer(307, b"", {"Location": "/uploads/x"}), "sends me on to"),
        (cut, "the connection broke"),
    ],
)
def test_a_file_that_storage_does_not_give_out_is_a_fault(
    installation, upload, action, expected
):
    installation.store.fail(Fault("storage.get", action))

    mark, text, _ = upload()

    assert mark == "fault"
    assert expected in text.replace("`", "")


def test_a_plane_that_tells_no_address_to_read_is_a_fault(installation, upload):
    installation.plane.fail(Fault("plane.attachment", answer(302)))

    mark, text, _ = upload()

    assert mark == "fault"
    assert "is no web address" in text


# --- what is left ------------------------------------------------------------------


def test_the_record_of_a_doctor_that_was_killed_is_deleted(installation, upload):
    plane = installation.plane
    plane.fail(Fault("plane.delete_attachment", cut, times=1))
    assert [each.mark for each in again(installation)] == ["ok", "warning"]
    (left,) = plane.state.attachments("WEB-1")
    assert left.external_id == EXTERNAL_ID

    assert upload()[0] == "ok"


def test_a_half_made_record_of_a_doctor_that_was_killed_is_deleted(
    installation, upload
):
    pair = {"external_id": EXTERNAL_ID, "external_source": "slack"}
    made = create(installation.plane, **pair)
    assert made.status_code == 200

    assert upload()[0] == "ok"


def again(installation):
    return [each for each in installation.examine(upload=WEB_1) if is_upload(each)]


def is_upload(finding):
    return finding.check == "upload"


def test_what_may_be_left_is_a_warning_that_says_how_to_delete_it(installation):
    installation.plane.fail(Fault("plane.delete_attachment", cut))

    done, left = again(installation)

    assert "deleted" not in done.text
    assert left.text == "It is not certain that the test file is gone from WEB-1."
    assert left.next_step.startswith("Delete loadmaster-doctor.bin there in Plane")


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_record_of_which_nothing_is_known_is_looked_for_and_deleted(
    installation, upload, phase
):
    installation.plane.fail(Fault("plane.create_attachment", cut, phase=phase))

    mark, text, _ = upload()

    assert mark == "fault"
    assert text.startswith("Plane does not answer me about the test file")


def test_a_record_that_plane_refused_is_not_looked_for(installation, upload):
    refusal = answer(400, b'{"error":"Invalid request."}', {"Content-Type": "x"})
    installation.plane.fail(Fault("plane.create_attachment", refusal))

    assert upload()[0] == "fault"
    assert len(installation.plane.exchanges("plane.create_attachment")) == 1


def test_a_record_that_somebody_deletes_meanwhile_is_a_fault(installation, upload):
    def delete(request):
        state = installation.plane.state
        state.attachment_rows.delete(state.attachments("WEB-1")[0])

    installation.plane.fail(Fault("plane.complete_attachment", delete))

    mark, text, _ = upload()

    assert mark == "fault"
    assert text == "Somebody else changed the test file on WEB-1 at the same time."


def test_storage_that_hangs_costs_its_time_and_leaves_nothing(
    installation, upload, hanging
):
    installation.store.fail(Fault("storage.post", hanging))

    mark, text, _ = upload(check_seconds=1.0)

    assert mark == "fault"
    assert text == "There was no answer about the test file within 1 seconds."


def test_ctrl_c_amid_the_upload_leaves_nothing(installation, command, hanging):
    def interrupt(request):
        os.kill(os.getpid(), signal.SIGINT)
        hanging(request)

    installation.store.fail(Fault("storage.post", interrupt))

    status, _ = command("--upload", "WEB-1")

    assert status == 130
    assert installation.plane.state.attachments() == []
