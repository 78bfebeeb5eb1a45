"""`loadmaster migrate` brings a database up to date, and needs nothing else for it."""


def test_it_needs_no_setting_but_the_address_of_the_database(run, url):
    ran = run("migrate", DATABASE_URL=url)

    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert run("status").status == 0


def test_a_malformed_address_is_told(run):
    ran = run("migrate", DATABASE_URL="mysql://x")

    assert ran.status == 2
    assert ran.err.startswith("loadmaster: DATABASE_URL ")
