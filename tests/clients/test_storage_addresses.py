"""Where storage may send us on to, and where not."""

import pytest

from bot.clients.storage_addresses import find_new_address, name_target

GLOBAL = "https://bucket.s3.amazonaws.com/"
CHINA = "https://bucket.s3.amazonaws.com.cn/"
OWN = "https://files.example.com/uploads"


@pytest.mark.parametrize(
    ("url", "location"),
    [
        (GLOBAL, "https://bucket.s3.eu-west-1.amazonaws.com/"),
        (GLOBAL, "https://bucket.s3-eu-west-1.amazonaws.com/?rk=e2c69a31"),
        (GLOBAL, "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/"),
        (CHINA, "https://bucket.s3.cn-north-1.amazonaws.com.cn/"),
        (GLOBAL, "https://bucket.s3.us-gov-west-1.amazonaws.com/"),
        (GLOBAL, "https://bucket.s3.eu-west-1.amazonaws.com:443/"),
        (OWN, "https://files.example.com/other/"),
        (OWN, "https://FILES.example.com:443/uploads"),
        ("http://files.example.com/uploads", OWN),
        ("http://files.example.com:80/uploads", "http://files.example.com/x"),
    ],
)
def test_storage_may_send_on_to_an_address_of_its_own(url, location):
    assert find_new_address(url, location) is not None


def test_a_path_alone_stays_on_the_host():
    assert find_new_address(OWN, "/a?b=c") == "https://files.example.com/a?b=c"


@pytest.mark.parametrize(
    ("url", "location"),
    [
        (GLOBAL, "http://bucket.s3.eu-west-1.amazonaws.com/"),
        (GLOBAL, "https://other.s3.eu-west-1.amazonaws.com/"),
        (GLOBAL, "https://bucket.s3.eu-west-1.amazonaws.com:8443/"),
        (GLOBAL, "https://bucket.s3.eu-west-1.amazonaws.com.evil.example/"),
        (GLOBAL, "https://bucket.s3.evil.example/"),
        (GLOBAL, "https://bucket.s3.cn-north-1.amazonaws.com.cn/"),
        (GLOBAL, "https://bucket.s3-accesspoint.eu-west-1.amazonaws.com/"),
        (GLOBAL, "https://bucket.s3-website-eu-west-1.amazonaws.com/"),
        ("http://files.example.com:9000/a", "https://files.example.com:22/a"),
        (GLOBAL, "https://evil.example/bucket.s3.amazonaws.com"),
        (GLOBAL, "https://user@bucket.s3.eu-west-1.amazonaws.com/"),
        (GLOBAL, "https://s3.eu-west-1.amazonaws.com/bucket"),
        (OWN, "http://files.example.com/uploads"),
        (OWN, "https://files.example.com:8443/uploads"),
        (OWN, "https://169.254.169.254/latest"),
        (OWN, "https://other.example.com/uploads"),
        (OWN, "ftp://files.example.com/uploads"),
        (OWN, "//[x"),
        (OWN, "https://files.example.com:99999/"),
        ("http://files.example.com:9000/a", "http://files.example.com:6379/a"),
    ],
)
def test_nobody_else_gets_the_file(url, location):
    assert find_new_address(url, location) is None


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://user:x@other.example:8443/a?b", "https://other.example:8443"),
        ("/a", "https://files.example.com"),
        ("", "another address"),
        ("//[x", "another address"),
        ("mailto:a@example.com", "another address"),
    ],
)
def test_people_are_told_the_host_only(location, told):
    assert name_target(OWN, location) == told
