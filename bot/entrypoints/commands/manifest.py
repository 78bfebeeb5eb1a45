"""`loadmaster manifest`: the Slack app's manifest for this installation."""

import argparse

from bot.entrypoints.commands.parsers import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line's."""
    manifest = commands.add_parser(
        "manifest",
        help="print the Slack app's manifest for this installation",
        description="Print the manifest from which Slack makes the app, as YAML: paste"
        " it at api.slack.com/apps, 'Create New App', 'From a manifest'. What is not"
        " given is taken from the settings, as far as they are there.",
    )
    manifest.add_argument(
        "--url",
        metavar="URL",
        help="where Slack reaches the bot by HTTP: https://loadmaster.example.com",
    )
    manifest.add_argument(
        "--socket-mode",
        action="store_true",
        help="have the bot open a WebSocket to Slack instead",
    )
    manifest.add_argument(
        "--command",
        dest="slash_command",
        metavar="NAME",
        help="the slash command, in place of the setting ATTACH_COMMAND",
    )
    manifest.add_argument(
        "--emoji",
        metavar="NAME",
        help="the emoji to react with, in place of the setting ATTACH_EMOJI",
    )
    manifest.set_defaults(command=_print)


def _print(options: argparse.Namespace) -> int:
    from bot.entrypoints.manifest import Wishes, make_manifest
    from bot.entrypoints.surroundings import read_environment
    from bot.entrypoints.terminal import write

    wishes = Wishes(
        url=options.url or "",
        uses_socket=options.socket_mode,
        command=options.slash_command or "",
        emoji=options.emoji or "",
    )
    write(make_manifest(wishes, read_environment()))
    return 0
