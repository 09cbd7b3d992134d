"""Digests of many files: two threads, each file read once for all its algorithms, flat memory."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from pipeline.checks.bag._inventory import open_regular
from pipeline.codecs.bag_text import shown
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import told_by_system

_BUFFER = 1 << 20
_THREADS = 2


def _names() -> dict[str, str]:
    """BagIt's algorithm names (RFC 8493, 2.4) to those of hashlib, as far as this Python can compute them."""
    usable = {}
    for name in hashlib.algorithms_available:
        try:
            fixed = hashlib.new(name, usedforsecurity=False).digest_size > 0
        except ValueError:  # listed, but refused by this OpenSSL
            continue
        if fixed:
            usable[normal_name(name)] = name
    return usable


def normal_name(suffix: str) -> str:
    """An algorithm's name as BagIt compares it: lower case, letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", suffix.lower())


KNOWN = _names()


def hex_length(algorithm: str) -> int | None:
    """Characters of a digest by the algorithm; None where it is not known."""
    return hashlib.new(KNOWN[algorithm], usedforsecurity=False).digest_size * 2 if algorithm in KNOWN else None


def hash_files(
    folder: Path, wanted: Mapping[str, Iterable[str]], advance: Callable[[int], None]
) -> tuple[dict[str, dict[str, str]], list[Finding]]:
    """Digests by path and algorithm for files of the inventory, and findings for those that cannot be read."""
    pending, lock = iter(wanted.items()), Lock()
    digests: dict[str, dict[str, str]] = {}
    findings: list[Finding] = []

    def work() -> None:
        buffer = bytearray(_BUFFER)
        while True:
            with lock:
                task = next(pending, None)
            if task is None:
                return
            path, algorithms = task
            try:
                digests[path] = _digests(folder, path, algorithms, buffer, advance)
            except OSError as error:
                findings.append(finding("bag_unreadable", shown(path), reason=told_by_system(error)))

    with ThreadPoolExecutor(_THREADS) as pool:
        for running in [pool.submit(work) for _ in range(_THREADS)]:
            running.result()
    return digests, sorted(findings, key=lambda f: f.subject)


def _digests(
    folder: Path, path: str, algorithms: Iterable[str], buffer: bytearray, advance: Callable[[int], None]
) -> dict[str, str]:
    hashes = {a: hashlib.new(KNOWN[a], usedforsecurity=False) for a in algorithms}
    view = memoryview(buffer)
    with os.fdopen(open_regular(folder, path), "rb", buffering=0) as file:
        while size := file.readinto(buffer):
            for each in hashes.values():
                each.update(view[:size])
            advance(size)
    return {a: h.hexdigest() for a, h in hashes.items()}
