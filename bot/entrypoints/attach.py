"""What `loadmaster attach` does: files of a disk, or of messages, onto a work item."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.clients.local_files import LocalFile, look_at
from bot.clients.plane import WorkItem
from bot.clients.plane_directory import PlaneDirectory
from bot.config import PlaneSettings, Settings, read_plane
from bot.domain.attachings import Result, print_results
from bot.domain.escaping import show_code
from bot.domain.outcomes import Outcome
from bot.domain.permalinks import MessageLink, find_permalink
from bot.domain.reference_search import find_references
from bot.domain.references import PlaneLinks, Reference, WorkItemKey
from bot.domain.sentences import tell
from bot.domain.terminals import read_mrkdwn, show_plain
from bot.entrypoints.clients import PlaneSide
from bot.entrypoints.console import Console
from bot.entrypoints.linked import Wish, attach_linked
from bot.entrypoints.metrics import Metrics
from bot.entrypoints.terminal import write
from bot.environment import Environment
from bot.errors import ConfigError, Problem, StartError
from bot.work.persistence import Persistence
from bot.work.resolving import unknown_project
from bot.work.uploading import Upload


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: *sources* are paths and links, *patience* is in seconds."""

    item: str
    sources: tuple[str, ...]
    patience: float
    is_quiet: bool
    is_for_program: bool


def attach(order: Order, environment: Mapping[str, str]) -> int:
    """Attach everything; return 0 if all of it is attached now, else 1.

    Raises:
        ConfigError: something of the order, or of the settings, is malformed.
        StartError: it cannot be begun.
        LedgerUnavailable: the ledger can take nothing.
    """
    console = Console(is_quiet=order.is_quiet, is_for_program=order.is_for_program)
    try:
        key, results = _attach(order, environment, console)
    except KeyboardInterrupt:
        console.say("Interrupted. Run the same command again for what is left.")
        raise
    if order.is_for_program:
        write(json.dumps(print_results(str(key), results), indent=2) + "\n")
    return 0 if all(each.is_success for each in results) else 1


def _attach(
    order: Order, environment: Mapping[str, str], console: Console
) -> tuple[WorkItemKey, list[Result]]:
    settings = _read_settings(environment)
    reference = _read_item(order.item, settings)
    files, links = _read_sources(order.sources)
    whole = Settings.from_env(environment) if links else None
    plane = PlaneSide.of(settings, Metrics())
    item = _find_item(order, reference, plane.directory, console)
    results = [_upload(order, each, item, plane, console) for each in files]
    if whole:
        wish = Wish(whole, item.key, links, order.patience)
        results += attach_linked(wish, console)
    return item.key, results


def _read_settings(environment: Mapping[str, str]) -> PlaneSettings:
    read = Environment(environment)
    settings = read_plane(read)
    if read.faults:
        raise ConfigError(tuple(read.faults))
    return settings


def _read_item(text: str, settings: PlaneSettings) -> Reference:
    links = PlaneLinks(settings.app_url, settings.workspace)
    references = find_references(text, links=links)
    if len(references) != 1:
        number = "more than one" if references else "no"
        raise ConfigError(
            (
                f"{_quote(text)} names {number} work item: give the key of one, such as"
                " WEB-12, or its link in Plane",
            )
        )
    return references[0]


def _read_sources(
    sources: Sequence[str],
) -> tuple[list[tuple[str, LocalFile]], tuple[tuple[str, MessageLink], ...]]:
    """Look at everything before anything is done."""
    files, links, faults = [], [], []
    for source in dict.fromkeys(sources):
        try:
            if source.startswith(("https://", "http://")):
                links.append((source, _read_link(source)))
            else:
                files.append((source, look_at(Path(source))))
        except OSError as error:
            faults.append(f"{_quote(source)} cannot be read: {error.strerror}")
        except ValueError as error:
            faults.append(f"{_quote(source)} {error}")
    if faults:
        raise ConfigError(tuple(faults))
    return files, tuple(links)


def _quote(argument: str) -> str:
    return show_plain(argument) or '""'


def _read_link(text: str) -> MessageLink:
    match find_permalink(text):
        case MessageLink() as link:
            return link
    raise ValueError(
        "leads to no message in Slack: copy the link of the message that has the files"
    )


def _find_item(
    order: Order, reference: Reference, directory: PlaneDirectory, console: Console
) -> WorkItem:
    """Look the work item up, before anything is sent."""
    persistence = Persistence(order.patience, console.say_waiting(order.item))

    def look_up() -> WorkItem:
        project = directory.find_project(reference)
        if project is None:
            raise unknown_project(reference)
        return directory.get_work_item(reference, project)

    try:
        return persistence.run(look_up)
    except Problem as problem:
        files = f"the files for {show_code(order.item)}"
        told = tell(Outcome.of(problem), it=files)
        raise StartError(read_mrkdwn(told)) from problem


def _upload(
    order: Order,
    given: tuple[str, LocalFile],
    item: WorkItem,
    plane: PlaneSide,
    console: Console,
) -> Result:
    source, file = given
    upload = Upload(
        file,
        item,
        plane=plane.client,
        directory=plane.directory,
        storage=plane.storage,
    )
    persistence = Persistence(order.patience, console.say_waiting(file.name))
    try:
        with console.bar(file.name, file.size) as progress:
            outcome = persistence.run(lambda: upload.run(progress))
    except Problem as problem:
        upload.give_up()
        outcome = Outcome.of(problem)
    result = Result(source, file.name, outcome)
    console.show(result)
    return result
