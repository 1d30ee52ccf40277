"""Nodes and other servers in processes of their own: started, watched, and ended by their id."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS_MAX = 30
COMPLAINT_CHARS = 2_000
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Served:
    """A server in a process of its own."""

    process: subprocess.Popen[bytes]
    address: str
    started_seconds: float

    def memory_mib(self, field: str = "VmRSS") -> float:
        """Resident memory now, or its peak as `VmHWM`."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in text.splitlines() if one.startswith(field))
        return round(int(line.split()[1]) / 1024, 1)

    def cpu_seconds(self) -> float:
        """Processor time that the process has used, in user and in system mode."""
        return cpu_seconds(self.process.pid)

    def stop(self) -> None:
        """End the process as an operator does."""
        self.process.terminate()
        self.process.wait(READY_SECONDS_MAX)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def machine_busy_seconds() -> float:
    """Processor time of everything that runs on the machine, since it started."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _waiting, interrupts, soft_interrupts = map(int, fields[:7])
    return (user + nice + system + interrupts + soft_interrupts) / TICKS_PER_SECOND


def own_busy_seconds() -> float:
    """Processor time of this process and of the children that it has ended."""
    return sum(os.times()[:4])


def serve_node(config: Path, address: str) -> Served:
    """Start `hanse serve`; gives it once it is ready."""
    program = "from hanse.cli import main; main()"
    return serve(["-c", program, "serve", "--config", str(config)], address, "/readyz")


def serve(arguments: list[str], address: str, ready_path: str) -> Served:
    """Start a Python program that listens at an address; gives it once a path answers 200."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=complaints
        )
        while not _answers(address + ready_path):
            if process.poll() is not None or time.perf_counter() - began > READY_SECONDS_MAX:
                process.kill()
                complaints.seek(0)
                said = complaints.read().decode("utf-8", "replace")[-COMPLAINT_CHARS:]
                raise RuntimeError(f"{arguments} did not start: {said}")
            time.sleep(0.02)
    return Served(process, address, time.perf_counter() - began)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
