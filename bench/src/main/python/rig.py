"""What the benches stand on: a virtual environment, servers that end with the bench, the machine's name."""
import hashlib
import os
import pathlib
import platform
import re
import subprocess
import sys
import threading
import venv

ROOT = pathlib.Path(__file__).resolve().parents[4]
TARGET = ROOT / "bench" / "target"
REQUIREMENTS = ROOT / "interop" / "src" / "test" / "python" / "requirements.txt"
READY_SECONDS = 180
STOP_SECONDS = 20


def python() -> str:
    """The python of bench/target/venv, made when missing or when the requirements changed."""
    home = TARGET / "venv"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    mark = home / "requirements.sha256"
    executable = home / "bin" / "python"
    if not mark.exists() or mark.read_text() != wanted:
        print("Making bench/target/venv ...", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        subprocess.run([executable, "-m", "pip", "install", "-q", "-r", REQUIREMENTS], check=True)
        mark.write_text(wanted)
    return str(executable)


def in_venv() -> None:
    """Starts the running script again with the python of the virtual environment, once."""
    if os.environ.get("HANGAR_BENCH_VENV") != "1":
        os.environ["HANGAR_BENCH_VENV"] = "1"
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        executable = python()
        os.execv(executable, [executable, *sys.argv])


class Server:
    """A process that prints where it listens; ended by its own process id."""

    def __init__(self, name: str, command: list[str], ready: str = r"ready at (\S+)"):
        TARGET.mkdir(exist_ok=True)
        self.name = name
        self.log_path = TARGET / f"{name}.log"
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.url = ""
        self._told = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(re.compile(ready),), daemon=True)
        self._reader.start()
        if not self._told.wait(READY_SECONDS) or not self.url:
            self.stop()
            raise SystemExit(f"{name} did not start: see {self.log_path}\n{self.log_path.read_text()[-2000:]}")

    def _read(self, ready: re.Pattern) -> None:
        with self.log_path.open("w") as log:
            for line in self.process.stdout:
                log.write(line)
                log.flush()
                if not self.url and (found := ready.search(line)):
                    self.url = found[1]
                    self._told.set()
        self._told.set()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(STOP_SECONDS)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def hangar(memory: str, *more: str) -> Server:
    """Hangar as its users start it."""
    return Server("hangar", ["./hangar", "serve", "--port", "0", "--memory", memory, *more])


def machine() -> str:
    """Cores, processor, memory and kernel in one line."""
    model, total_kb = platform.machine(), 0
    cpuinfo, meminfo = pathlib.Path("/proc/cpuinfo"), pathlib.Path("/proc/meminfo")
    if cpuinfo.exists() and (found := re.search(r"model name\s*: (.*)", cpuinfo.read_text())):
        model = found[1]
    if meminfo.exists():
        total_kb = int(re.search(r"MemTotal:\s*(\d+)", meminfo.read_text())[1])
    return f"{os.cpu_count()} cores, {model}, {total_kb >> 20} GiB, {platform.system()} {platform.release()}"


def revision() -> str:
    """The commit measured, marked when files differ from it."""
    def git(*args: str) -> str:
        return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else "")
