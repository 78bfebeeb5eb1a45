"""The fuzzer's targets work: each gets through its seeds, and bytes at random."""

import random

import pytest

from tests.fuzz import multipart_forms, names, parsers, requests

RANDOM = [random.Random(seed).randbytes(seed) for seed in range(1, 200)]


@pytest.mark.parametrize("module", [multipart_forms, names, parsers, requests])
def test_a_target_finds_nothing_in_its_seeds(module, tally):
    inputs = [*module.SEEDS, *RANDOM]

    for data in inputs:
        module.target(data)

    tally("inputs", len(inputs))
