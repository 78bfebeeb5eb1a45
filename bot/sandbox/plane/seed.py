"""The first contents of the sandbox's Plane: the workspace the facts were seen in."""

from bot.sandbox.plane.rows import Role
from bot.sandbox.plane.state import State


def seed_acme(state: State) -> None:
    """Fill *state*: alice (admin), bob (WEB only), carol (guest), dave (outside).

    Keys are `plane_api_alice` and so on. WEB-6 is archived, WEB-7 a draft, WEB-8 in
    triage; OPS is public; ARC is an archived project.
    """
    for name in ("alice", "bob", "carol"):
        state.add_user(name)
    state.add_user("dave", in_workspace=False)
    web = state.add_project(
        "WEB",
        "Website",
        members={"alice": Role.ADMIN, "bob": Role.MEMBER, "carol": Role.GUEST},
    )
    ops = state.add_project(
        "OPS", "Operations", members={"alice": Role.ADMIN}, public=True
    )
    archive = state.add_project(
        "ARC", "Archive", members={"alice": Role.ADMIN}, archived=True
    )
    state.add_work_item(web, "Login page returns 500 on empty password")
    state.add_work_item(web, "Footer overlaps the cookie banner")
    state.add_work_item(web, "Image upload is slow on mobile")
    state.add_work_item(web, "Dark mode for the settings page")
    state.add_work_item(web, "Broken link on the pricing page")
    state.add_work_item(web, "Old landing page", archived=True)
    state.add_work_item(web, "Redesign ideas", draft=True)
    state.add_work_item(web, "Reported by a visitor", triage=True)
    state.add_work_item(ops, "Renew the TLS certificates")
    state.add_work_item(ops, "Disk of db-2 is almost full")
    state.add_work_item(archive, "From last year")
