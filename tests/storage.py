"""A server of object storage on this machine."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import pytest
from pyarrow import fs

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@contextlib.contextmanager
def storage() -> Iterator[dict[str, str]]:
    """Runs a server with a bucket, ``bucket``; the environment that leads to it. Skips where moto is not installed."""
    server = pytest.importorskip("moto.server")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    try:
        host, port = running.get_host_and_port()
        made = fs.S3FileSystem(
            access_key="testing", secret_key="testing", region="us-east-1", scheme="http",
            endpoint_override=f"{host}:{port}", allow_bucket_creation=True,
        )  # fmt: skip
        made.create_dir("bucket")
        yield {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    finally:
        running.stop()
