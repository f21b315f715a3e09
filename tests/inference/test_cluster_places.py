"""Which cluster is meant; nothing reaches another machine without TLS."""

import pytest

from maskrcnn_core.inference.cluster.connecting import require_loopback
from maskrcnn_core.inference.cluster.places import LIMIT_S, TLS_FILES, Cluster, cluster_of, is_loopback


@pytest.fixture
def keys(tmp_path):
    for name in TLS_FILES:
        (tmp_path / name).touch()
    return tmp_path


def test_one_process_is_what_runs_by_itself():
    assert cluster_of(None, None, None) is None
    assert cluster_of(3, None, None) == Cluster(3) and cluster_of(3, None, None).limit == LIMIT_S
    assert cluster_of(3, None, None, 5).limit == cluster_of(None, "127.0.0.1:1", None, 5).limit == 5
    with pytest.raises(ValueError, match="with --time-limit"):
        cluster_of(None, None, None, 5)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8786", "127.0.0.2:1", "[::1]:8786", "localhost:8786", "tcp://LOCALHOST.:8786"]
)
def test_this_machine_needs_no_keys(address):
    meant = cluster_of(None, address, None)
    assert (
        meant.tls is None and meant.scheduler.startswith("tcp://") and meant.scheduler.endswith(address[-5:])
    )


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3:8786",
        "node7:8786",
        "0.0.0.0:8786",
        "[::]:8786",
        "[fe80::1]:8786",
        "localhost.example.org:1",
        "127.1:80",
    ],
)
def test_another_machine_is_refused_without_tls(address, keys):
    with pytest.raises(ValueError, match="wanted --tls with --scheduler"):
        cluster_of(None, address, None)
    assert cluster_of(None, address, str(keys)).scheduler == f"tls://{address}"


def test_tls_files_are_a_folder_or_three(keys):
    three = ",".join(str(keys / name) for name in TLS_FILES)
    assert cluster_of(None, "tls://a:1", three) == cluster_of(None, "a:1", str(keys))
    for wrong in (
        three.rpartition(",")[0],
        f"{three}x",
        str(keys / "ca.pem"),
        "",
        f"{three},{keys / 'ca.pem'}",
    ):
        with pytest.raises(ValueError, match="wanted --tls CA,CERT,KEY"):
            cluster_of(None, "a:1", wrong)


@pytest.mark.parametrize(
    "address", ["", "a", "a:", "a:0", "a:65536", "http://a:1", "a:1/x", "a b:1", "::1:8786", "[a]:1"]
)
def test_what_is_no_address_is_refused_in_words(address):
    with pytest.raises(ValueError, match="wanted --scheduler HOST:PORT"):
        cluster_of(None, address, None)


def test_protocol_and_keys_go_together(keys):
    with pytest.raises(ValueError, match="wanted --scheduler tls:// with --tls"):
        cluster_of(None, "tls://127.0.0.1:1", None)
    with pytest.raises(ValueError, match="wanted --scheduler tcp without --tls"):
        cluster_of(None, "tcp://127.0.0.1:1", str(keys))


def test_options_that_do_not_go_together_are_refused(keys):
    with pytest.raises(ValueError, match="received both"):
        cluster_of(2, "127.0.0.1:1", None)
    with pytest.raises(ValueError, match="wanted --scheduler with --tls"):
        cluster_of(2, None, str(keys))


def test_a_cluster_that_is_heard_elsewhere_is_refused_though_it_is_reached_here():
    require_loopback(
        {"address": "tcp://127.0.0.1:1", "workers": {"tcp://127.0.0.1:2": {}, "tcp://[::1]:3": {}}}
    )
    for address, worker in (
        ("tcp://10.0.0.1:1", "tcp://127.0.0.1:2"),
        ("tcp://127.0.0.1:1", "tcp://10.0.0.2:2"),
    ):
        with pytest.raises(ValueError, match=r"tcp://10\.0\.0\.\d:\d of this cluster is heard beyond"):
            require_loopback({"address": address, "workers": {worker: {}}})
    assert not is_loopback("tcp://0.0.0.0:1") and not is_loopback("tcp://[::]:1")
