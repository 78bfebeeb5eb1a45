"""The first minute: a person who has never seen it shares a file and sees it arrive."""

import hashlib
import re

TEXT = "what the designer drew\n"
MARKUP = "<img src=x onerror=alert(1)>"
#: Hebrew letters first: by the first of a line's letters a browser knows its direction.
HOSTILE = "\u05d0\u05d1" + MARKUP + " *b* `c` &amp; ${7}.txt"
MARK_AT = """text => {
    const range = document.createRange();
    range.setStart(text.childNodes[1], 1);
    range.setEnd(text.childNodes[1], 2);
    return range.getBoundingClientRect().x - text.getBoundingClientRect().x;
}"""
BESIDE = """() => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "x.txt"));
    const options = { dataTransfer: data, bubbles: true, cancelable: true };
    const drop = new DragEvent("drop", options);
    return !document.querySelector("#side-plane").dispatchEvent(drop);
}"""


def test_a_dropped_file_is_on_the_work_item_and_undo_takes_it_back(visitor, stage):
    page = visitor.page
    visitor.sees("Drop a file here, with WEB-1 in the text")
    visitor.drop("design.txt", TEXT)
    visitor.sees("Name a work item:")
    visitor.press("WEB-1", within=".helps")
    assert page.locator("#draft").input_value() == "WEB-1 "
    visitor.say("Here is the design for WEB-1")

    visitor.sees("is attached.")
    item = visitor.item("WEB-1")
    item.get_by_text("the same bytes as in Slack").click()
    shown = item.locator(".digest code").inner_text()
    assert shown == hashlib.sha256(TEXT.encode()).hexdigest()
    item.get_by_text("anna shared design.txt in #general (Slack).").wait_for()
    with page.expect_download() as download:
        item.get_by_role("link", name="Download design.txt").click()
    assert download.value.path().read_text() == TEXT
    assert re.search(r"5\d of 60 calls left", page.locator(".budget").inner_text())
    assert visitor.weight < 200_000
    item.get_by_text("the same bytes as in Slack").click()
    visitor.take_picture("page")

    visitor.press("Undo")
    visitor.sees("Attach again")
    assert stage.plane.state.attachments("WEB-1", uploaded_only=True) == []
    page.locator("#item-WEB-1 .attachment").wait_for(state="detached")


def test_names_and_texts_are_shown_as_they_are_and_never_run(visitor, stage, tmp_path):
    page = visitor.page
    assert page.evaluate(BESIDE)  # else the browser shows the file in place of the page
    gone = tmp_path / "gone.txt"
    gone.write_text("soon gone")
    page.set_input_files("#pick-files", gone)
    gone.unlink()
    visitor.say("see WEB-1")
    page.get_by_role("alert").get_by_text("gone.txt: It cannot be read.").wait_for()
    visitor.press("Remove gone.txt")
    visitor.share(HOSTILE, "<script>alert(2)</script> *bold* see WEB-1")

    visitor.sees("is attached.")
    message = page.locator("article", has_text="<script>alert(2)</script>").first
    assert message.locator("strong", has_text=re.compile("^bold$")).count() == 1
    assert message.locator(".file strong").inner_text() == HOSTILE
    attached = stage.plane.state.attachments("WEB-1")[0].name
    assert page.locator("#item-WEB-1 .attachment strong").inner_text() == attached
    visitor.item("WEB-1").locator(".comment").wait_for()
    comment = page.locator("#item-WEB-1 .comment strong").last
    assert MARKUP in comment.inner_text()
    sentence = page.locator(".replies .text", has_text="is attached.").last
    assert sentence.evaluate(MARK_AT) == 0  # the line begins on the left with its mark
    scripts = page.locator("script").evaluate_all("all => all.map(each => each.src)")
    assert len(scripts) == 1
    assert page.locator("img").count() == 1  # the bot's own picture

    stage.slack.post(
        "<javascript:alert(3)|run> <https://example.com/?a=1&amp;b=2|go> `a &lt; b`"
        " ```<b>``` &gt; <@UBEN> <!date^1^{date}|x> :tada: ~gone~ <#CSECRET|s>"
        " :constructor: <@constructor>"
    )
    latest = page.locator("article", has_text="gone")
    latest.wait_for()
    links = latest.locator("a").evaluate_all("all => all.map(each => each.href)")
    assert links == ["https://example.com/?a=1&b=2"]
    assert latest.locator("pre").inner_text() == "<b>"
    assert "@ben" in latest.inner_text()
    assert "\N{PARTY POPPER}" in latest.inner_text()
    assert ":constructor: @constructor" in latest.inner_text()
