"""What Slack's own clients keep people from doing."""


class Refused(ValueError):
    """Slack's client does not let a person do this, so the app never hears of it."""
