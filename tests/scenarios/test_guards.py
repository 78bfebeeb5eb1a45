"""What the settings do not allow is refused, with the setting's name."""


def test_people_of_other_organisations_attach_nothing(either):
    file = either.slack.add_file(user="USTRANGER")

    message = either.slack.share(
        [file], text="WEB-1", user="USTRANGER", channel="CSHARED"
    )

    assert "ATTACH_EXTERNAL_USERS" in either.reply(message)
    assert either.plane.state.attachments() == []


def test_people_of_other_organisations_attach_where_they_may(either_stopped):
    either_stopped.start_bot(ATTACH_EXTERNAL_USERS="true")
    file = either_stopped.slack.add_file(user="USTRANGER")

    message = either_stopped.slack.share(
        [file], text="WEB-1", user="USTRANGER", channel="CSHARED"
    )

    assert "is attached." in either_stopped.reply(message)


def test_files_of_other_organisations_are_attached_by_nobody(either):
    theirs = either.slack.add_file(
        name="theirs.pdf", user="USTRANGER", user_team="TOTHER"
    )
    ours = either.slack.add_file(name="ours.pdf", user="UBEN")

    message = either.slack.share([theirs, ours], text="WEB-1", channel="CSHARED")

    text = either.reply(message)
    assert "I attach no files of other organisations" in text
    assert "`ours.pdf` is attached." in text
    assert [name for name, _ in either.attached("WEB-1")] == ["ours.pdf"]


def test_people_of_other_organisations_attach_nothing_by_a_form_either(either):
    file = either.slack.add_file()
    message = either.slack.share([file], text="no key here", channel="CSHARED")
    either.slack.react(message, "paperclip", user="USTRANGER")
    asked = either.slack.wait_for_ephemeral("USTRANGER")

    either.slack.press(asked, "choose")
    view = either.slack.wait_for_view("USTRANGER", lambda view: len(view.blocks) > 1)
    either.slack.suggest(view, "item", "item", "WEB-1")
    either.slack.submit(either.slack.fill(view, {"item": "WEB-1"}))

    assert "ATTACH_EXTERNAL_USERS" in either.reply(message)
    assert either.plane.state.attachments() == []


def test_files_from_private_conversations_stay_there_where_they_must(either_stopped):
    either_stopped.start_bot(ATTACH_PRIVATE="deny")
    file = either_stopped.slack.add_file()

    message = either_stopped.slack.share([file], text="WEB-1", channel="CSECRET")

    assert "ATTACH_PRIVATE" in either_stopped.reply(message)
    assert either_stopped.plane.state.attachments() == []


def test_a_key_that_plane_refuses_is_told_to_who_can_mend_it(either):
    either.reply(either.slack.share([either.slack.add_file()], text="WEB-1"))
    either.plane.state.revoke_key("plane_api_alice")

    message = either.slack.share([either.slack.add_file(name="b.pdf")], text="WEB-1")

    text = either.reply(message)
    assert "PLANE_API_KEY" in text
    assert "administrator" in text


def test_a_project_that_the_key_may_not_use_is_unknown(either_stopped):
    either_stopped.start_bot(PLANE_API_KEY="plane_api_bob")

    message = either_stopped.slack.share(
        [either_stopped.slack.add_file()], text="OPS-1 WEB-1"
    )

    text = either_stopped.reply(message)
    assert "OPS-1" not in text
    assert "is attached." in text
