"""Plane's contract: comments and links. Facts: observed, Plane CE 1.3.1."""

import pytest


def test_a_comment_is_stored_as_it_was_sent(plane, unique):
    html = f"<p onclick='x'>{unique}<script>1</script></p>"

    answer = plane.add("comments/", comment_html=html)

    assert answer.status_code == 201
    assert answer.json()["comment_html"] == html
    assert answer.json()["issue"] == plane.found()["id"]


def test_the_same_external_pair_answers_409_with_the_first_comment(plane, unique):
    pair = {"external_id": unique, "external_source": "slack"}
    first = plane.add("comments/", comment_html="<p>1</p>", **pair)

    again = plane.add("comments/", comment_html="<p>2</p>", **pair)

    assert again.status_code == 409
    assert again.json()["id"] == first.json()["id"]


def test_a_deleted_comment_makes_room_for_its_twin(plane, unique):
    pair = {"external_id": unique, "external_source": "slack"}
    first = plane.add("comments/", comment_html="<p>1</p>", **pair).json()["id"]

    deleted = plane.ask("DELETE", plane.below(f"comments/{first}/"))

    assert deleted.status_code == 204
    again = plane.add("comments/", comment_html="<p>1</p>", **pair)
    assert again.status_code == 201


def test_a_comment_can_be_changed(plane, unique):
    made = plane.add("comments/", comment_html="<p>1</p>").json()["id"]

    answer = plane.ask(
        "PATCH", plane.below(f"comments/{made}/"), json={"comment_html": unique}
    )

    assert answer.status_code == 200
    assert answer.json()["comment_html"] == unique


def test_comments_come_in_pages(plane, unique):
    plane.add("comments/", comment_html=unique)

    page = plane.ask("GET", plane.below("comments/")).json()

    assert unique in [each["comment_html"] for each in page["results"]]
    assert page["total_count"] >= 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            {"comment_html": "\x00"},
            {"comment_html": ["Null characters are not allowed."]},
        ),
        (
            {"comment_html": "\ud800"},
            {"comment_html": ["Surrogate characters are not allowed: U+D800."]},
        ),
        (
            {"external_id": "x" * 300},
            {"external_id": ["Ensure this field has no more than 255 characters."]},
        ),
        ({"access": "BAD"}, {"access": ['"BAD" is not a valid choice.']}),
    ],
)
def test_a_wrong_field_of_a_comment_is_named(plane, body, error):
    answer = plane.add("comments/", **body)

    assert (answer.status_code, answer.json()) == (400, error)


def test_a_comment_on_an_unknown_work_item_is_not_valid(plane):
    nobody = "00000000-0000-4000-8000-000000000000"
    project = plane.found()["project"]

    answer = plane.ask(
        "POST",
        f"projects/{project}/work-items/{nobody}/comments/",
        json={"comment_html": "<p>1</p>"},
    )

    assert answer.status_code == 400
    assert answer.json() == {"error": "The payload is not valid"}


def test_a_link_is_made(plane, unique):
    url = f"https://example.com/{unique}"

    answer = plane.add("links/", url=url, title="shot.png (Slack)")

    assert answer.status_code == 201
    assert (answer.json()["url"], answer.json()["title"]) == (url, "shot.png (Slack)")


def test_the_same_url_again_is_a_400_without_an_id(plane, unique):
    url = f"https://example.com/{unique}"
    plane.add("links/", url=url)

    again = plane.add("links/", url=url)

    assert again.status_code == 400
    assert again.json() == {"error": "URL already exists for this Issue"}


def test_another_query_makes_it_another_url(plane, unique):
    url = f"https://example.com/{unique}"
    plane.add("links/", url=url)

    assert plane.add("links/", url=f"{url}?v=2").status_code == 201


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, {"url": ["This field is required."]}),
        ({"url": "slack://open"}, {"url": ["Invalid URL format."]}),
        ({"url": "example.com"}, {"url": ["Invalid URL format."]}),
        ({"url": "https://example.c/"}, {"url": ["Invalid URL format."]}),
        ({"url": f"https://a.io/{'x' * 2100}"}, {"url": ["Invalid URL format."]}),
        ({"url": "ftp://example.com/a"}, {"url": ["Invalid URL scheme."]}),
        (
            {"url": "https://example.com/long-title", "title": "t" * 300},
            {"title": ["Ensure this field has no more than 255 characters."]},
        ),
    ],
)
def test_a_wrong_field_of_a_link_is_named(plane, body, error):
    answer = plane.add("links/", **body)

    assert (answer.status_code, answer.json()) == (400, error)


def test_links_are_listed_in_pages_newest_first(plane, unique):
    """The page's shape was observed for comments."""
    urls = [f"https://example.com/{unique}/{number}" for number in range(2)]
    for url in urls:
        plane.add("links/", url=url)

    answer = plane.ask("GET", plane.below("links/"), params={"per_page": "1"})

    assert answer.status_code == 200
    assert [each["url"] for each in answer.json()["results"]] == urls[:0:-1]
    assert answer.json()["next_page_results"] is True


def test_a_link_is_deleted_once_and_its_url_may_come_back(plane, unique):
    url = f"https://example.com/{unique}"
    path = plane.below(f"links/{plane.add('links/', url=url).json()['id']}/")

    statuses = [plane.ask("DELETE", path).status_code for _ in range(2)]

    assert statuses == [204, 404]
    assert plane.add("links/", url=url).status_code == 201
