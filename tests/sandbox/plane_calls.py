"""Calls to the emulated Plane, as raw as a client's."""

import requests

CONTENT = b"twelve bytes"
WISH = {"name": "shot.png", "type": "image/png", "size": len(CONTENT)}
PAIR = {"external_id": "F1", "external_source": "slack"}


def ask(plane, method, path, key="plane_api_alice", **options):
    return requests.request(
        method,
        f"{plane.origin}/api/v1/workspaces/acme/{path}",
        headers={"X-API-Key": key, **options.pop("headers", {})},
        allow_redirects=False,
        timeout=10,
        **options,
    )


def path_of(plane, key, tail="attachments/"):
    item = plane.state.work_item(key)
    return f"projects/{item.project_id}/work-items/{item.id}/{tail}"


def create(plane, key="WEB-1", caller="plane_api_alice", **body):
    wish = {**WISH, **body}
    return ask(plane, "POST", path_of(plane, key), caller, json=wish)


def upload(answer, content=CONTENT, **options):
    given = answer.json()["upload_data"]
    files = {"file": ("a", content)}
    return requests.post(
        given["url"], data=given["fields"], files=files, timeout=10, **options
    )


def one(plane, made, key="WEB-1"):
    return path_of(plane, key, f"attachments/{made.json()['asset_id']}/")
