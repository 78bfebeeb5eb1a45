"""A person before the page: what they do with it, and what they see.

The page's policy lets nothing be evaluated later: wait for elements, such as `:focus`,
not by `wait_for_function`.
"""

import os
from pathlib import Path

PHONE = {"width": 390, "height": 780}
_PICTURES = Path(__file__).parents[2] / ".github/screenshots"
_DROP = """([name, text, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type: kind }));
    return data;
}"""


class Visitor:
    """One page in one browser; *problems* is what should not have happened there."""

    def __init__(self, page, served):
        self.page = page
        self.problems = []
        self.weight = 0
        self._served = served
        self._heard = {
            "console": self._note,
            "pageerror": self._note_error,
            "request": self._watch,
            "response": self._weigh,
        }
        page.set_default_timeout(60_000)
        for name, listener in self._heard.items():
            page.on(name, listener)

    def open(self):
        self.page.goto(self._served.address)
        self.page.locator(".side-head").first.wait_for()
        return self

    def leave(self):
        for name, listener in self._heard.items():
            self.page.remove_listener(name, listener)
        self.page.goto("about:blank")

    def drop(self, name, text="bytes\n", *, kind="text/plain"):
        """Drag a file from the desktop into the conversation."""
        data = self.page.evaluate_handle(_DROP, [name, text, kind])
        self.page.dispatch_event(".talk", "dragover", {"dataTransfer": data})
        self.page.dispatch_event(".talk", "drop", {"dataTransfer": data})

    def say(self, text):
        """Write into the composer and press Enter."""
        self.page.locator("#draft").fill(text)
        self.page.keyboard.press("Enter")

    def share(self, name, text):
        self.drop(name, f"the bytes of {name}\n")
        self.say(text)

    def sees(self, text, *, side="slack", count=1):
        """Wait until a text stands on a side, in the last element that has it."""
        found = self.page.locator(f"#side-{side}").get_by_text(text)
        found.nth(count - 1).wait_for()
        return found.last

    def press(self, name, *, within="body"):
        self.page.locator(within).get_by_role("button", name=name).last.click()

    def tool(self, name, *, message):
        """Press a button beside the message that has this text."""
        found = self.page.locator("article", has_text=message).first
        found.hover()
        found.get_by_role("button", name=name).click()

    def item(self, key):
        """Return the work item in Plane; what arrives opens it."""
        return self.page.locator(f"#item-{key}")

    def switch(self, name, *, on):
        switch = self.page.get_by_role("switch", name=name)
        if switch.get_attribute("aria-checked") != str(on).lower():
            switch.click()
        self.page.locator(
            f"[role=switch][aria-checked={str(on).lower()}]", has_text=name
        ).wait_for()

    def take_picture(self, name):
        """Take a picture for the README if that is asked for."""
        if os.environ.get("LOADMASTER_SCREENSHOTS"):
            _PICTURES.mkdir(exist_ok=True)
            self.page.set_viewport_size({"width": 1240, "height": 550})
            self.page.screenshot(path=_PICTURES / f"{name}.png")

    def _note(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def _note_error(self, error):
        self.problems.append(str(error))

    def _watch(self, request):
        if not request.url.startswith(self._served.origin):
            self.problems.append(f"asks {request.url}")

    def _weigh(self, response):
        self.weight += int(response.headers.get("content-length", 0))
