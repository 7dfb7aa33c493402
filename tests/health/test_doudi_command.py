"""`doudi` as a shell sees it: exit codes, Chinese words, nothing heavy loaded, no traceback on the screen."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from doudi.cli.main import COMMANDS
from tests.health.tree import ROOT

FILE_COMMANDS = [name for name, row in COMMANDS.items() if row.group != "登记册与网页"]

# A stand-in command: `doudi schema` replaced by a module that does what the test needs.
PRELUDE = """
import sys, types
module = types.ModuleType("doudi.cli.probe")
module.add_arguments = lambda parser: parser.add_argument("--size", type=int, required=True)
exec('''{body}''', module.__dict__)
sys.modules["doudi.cli.probe"] = module
from doudi.cli import main
main.COMMANDS["probe"] = main.Command("doudi.cli.probe", "试验", main.LAW)
sys.exit(main.main({arguments!r}))
"""


def probe(body: str, *arguments: str, home: Path, debug: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs `doudi probe …` in a process of its own."""
    source = PRELUDE.format(body=body, arguments=["probe", *arguments])
    environment = {**os.environ, "XDG_STATE_HOME": str(home), "DOUDI_DEBUG": "1" if debug else "0"}
    environment.pop("DOUDI_HOME", None)  # an installation keeps its errors itself: tests/stories
    return subprocess.run(
        [sys.executable, "-c", source], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_today_is_the_county_s_wherever_the_clock_stands(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    body = "import datetime as d\\ndef run(args): print(d.datetime.now().astimezone().utcoffset()); return 0"
    assert probe(body, "--size", "1", home=tmp_path).stdout == "8:00:00\n"


def doudi(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doudi", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_it_works() -> None:
    run = doudi("--help")
    assert run.returncode == 0
    assert all(f"  {name} " in run.stdout for name in COMMANDS)
    assert "退出码" in run.stdout


def test_help_loads_nothing_heavy() -> None:
    source = (
        "import sys; from doudi.cli.main import main; main(['--help']); "
        "print([name for name in ('duckdb','openpyxl','django','rich','polars') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", FILE_COMMANDS)
def test_a_file_command_explains_itself_without_a_database(tmp_path: Path, name: str) -> None:
    source = (
        f"import sys; from doudi.cli.main import main; code = main([{name!r}, '--help']); "
        "print(int(code), 'django' in sys.modules)"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", source],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.splitlines()[-1:] == ["0 False"], run.stderr
    assert f"用法：doudi {name}" in run.stdout


def test_no_command_is_a_usage_error() -> None:
    run = doudi()
    assert run.returncode == 2
    assert "用法" in run.stderr


def test_an_unknown_command_is_named() -> None:
    run = doudi("assses")
    assert run.returncode == 2
    assert "没有“assses”这个命令" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "缺少参数：--size"),
        (("--size",), "参数 --size 后面要跟一个值"),
        (("--size", "x"), "参数 --size 的值 'x' 写法不对"),
        (("--size", "1", "--sizes", "2"), "不认识的参数：--sizes 2"),
    ],
)
def test_a_wrong_argument_is_told_in_chinese(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    run = probe("def run(args): return 0", *arguments, home=tmp_path)
    assert run.returncode == 2
    assert words in run.stderr
    assert "usage" not in run.stderr


def test_a_command_s_exit_code_is_the_process_s(tmp_path: Path) -> None:
    assert probe("def run(args): return args.size", "--size", "3", home=tmp_path).returncode == 3


def test_a_refusal_is_said_and_its_code_returned(tmp_path: Path) -> None:
    body = "from doudi.cli import Refusal\ndef run(args): raise Refusal('缺低保标准', 5)"
    run = probe(body, "--size", "1", home=tmp_path)
    assert (run.returncode, run.stderr) == (5, "缺低保标准\n")


def test_an_unforeseen_error_shows_no_personal_data_but_is_kept(tmp_path: Path) -> None:
    run = probe("def run(args): raise ValueError('99999919900101001X')", "--size", "1", home=tmp_path)
    assert run.returncode == 1
    assert "ValueError" in run.stderr
    assert "99999919900101001X" not in run.stderr + run.stdout
    (kept,) = (tmp_path / "doudi" / "errors").iterdir()
    assert "99999919900101001X" in kept.read_text("utf-8")
    assert str(kept) in run.stderr
    assert kept.stat().st_mode & 0o077 == 0


def test_an_unforeseen_error_is_shown_when_asked_for(tmp_path: Path) -> None:
    run = probe("def run(args): raise ValueError('x')", "--size", "1", home=tmp_path, debug=True)
    assert "Traceback" in run.stderr
    assert not list(tmp_path.iterdir())


def test_ctrl_c_is_clean(tmp_path: Path) -> None:
    run = probe("def run(args): raise KeyboardInterrupt", "--size", "1", home=tmp_path)
    assert (run.returncode, run.stderr) == (130, "\n已中断。\n")


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path) -> None:
    body = "def run(args):\n    for n in range(10**6): print(n)\n    return 0"
    source = PRELUDE.format(body=body, arguments=["probe", "--size", "1"])
    with subprocess.Popen(
        [sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout
        assert run.stderr
        assert run.stdout.readline() == "0\n"
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode in (141, -signal.SIGPIPE)
