"""The checks in order: what each needs, and what to do where it gets no answer."""

from bot.entrypoints.doctor import plane, slack
from bot.entrypoints.doctor.chart import Chart
from bot.entrypoints.doctor.clocks import check_clock
from bot.entrypoints.doctor.database import check_database, check_disk, check_running
from bot.entrypoints.doctor.events import check_events
from bot.entrypoints.doctor.examination import Step
from bot.entrypoints.doctor.findings import Check
from bot.entrypoints.doctor.settings import check_settings
from bot.entrypoints.doctor.upload import check_upload


def _hears_on_a_socket(chart: Chart) -> bool:
    return chart.loaded is None or chart.settings.slack.uses_socket_mode


def _hears_by_http(chart: Chart) -> bool:
    return chart.loaded is None or not chart.settings.slack.uses_socket_mode


def _uploads(chart: Chart) -> bool:
    return chart.options.upload is not None


_DISK = "Look at the disk of the database: it does not answer."

STEPS = (
    Step(Check.SETTINGS, check_settings, needs=()),
    Step(Check.SLACK_TOKEN, slack.check_token, on_time_up=slack.NO_ANSWER),
    Step(Check.SLACK_SCOPES, slack.check_scopes, needs=(Check.SLACK_TOKEN,)),
    Step(
        Check.SLACK_SOCKET,
        slack.check_socket,
        hears=(Check.SLACK_TOKEN,),
        on_time_up=slack.NO_ANSWER,
        applies=_hears_on_a_socket,
    ),
    Step(Check.SLACK_SIGNING, slack.check_signing, applies=_hears_by_http),
    Step(Check.PLANE_KEY, plane.check_key, on_time_up=plane.NO_ANSWER),
    Step(Check.PLANE_RATE, plane.check_rate, needs=(Check.PLANE_KEY,)),
    Step(
        Check.PLANE_WORKSPACE,
        plane.check_workspace,
        needs=(Check.PLANE_KEY,),
        on_time_up=plane.NO_ANSWER,
    ),
    Step(Check.PLANE_PROJECTS, plane.check_projects, needs=(Check.PLANE_WORKSPACE,)),
    Step(
        Check.PLANE_SIZE,
        plane.check_size,
        hears=(Check.PLANE_KEY,),
        on_time_up=plane.NO_ANSWER,
    ),
    Step(
        Check.UPLOAD,
        check_upload,
        needs=(Check.PLANE_WORKSPACE,),
        is_bounded=False,
        applies=_uploads,
    ),
    Step(Check.CLOCK, check_clock),
    Step(Check.DATABASE, check_database, on_time_up=_DISK),
    Step(Check.DISK, check_disk, on_time_up=_DISK),
    Step(Check.RUNNING, check_running, on_time_up=_DISK),
    Step(
        Check.EVENTS,
        check_events,
        needs=(Check.RUNNING,),
        is_bounded=False,
    ),
)
