"""`doudi COMMAND …`: finds the command, imports only that one, and turns what happens into an exit code.

Each command is a module with `add_arguments(parser)` and `run(args) -> int`. The table below is all that
`doudi --help` reads: importing the commands to ask them for a help line costs over a second (duckdb, openpyxl
and Django) where the whole of `--help` may take half of one.
"""

import argparse
import importlib
import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

from doudi.cli import Exit, Refusal


class Command(NamedTuple):
    """One row of `doudi --help`."""

    module: str
    help: str
    group: str


FILES, LAW, REGISTER = "用文件测算", "查政策", "登记册与网页"

COMMANDS: dict[str, Command] = {
    "sample": Command("doudi.cli.sample", "生成一份虚构的县级示例文件（1000 户，无真实人员）", FILES),
    "template": Command("doudi.cli.template", "写出一份空白的 Excel 填报模板", FILES),
    "schema": Command("doudi.cli.schema", "输出家庭 JSON 文件的格式定义（JSON Schema）", FILES),
    "assess": Command("doudi.cli.assess", "测算一份文件里的家庭：够哪一类、多少钱、为什么、还缺什么", FILES),
    "explain": Command("doudi.cli.explain", "输出一户的测算依据：每个数字的来源、条款和政策版本", FILES),
    "recheck": Command("doudi.cli.recheck", "按一份测算依据重新计算，逐项比对是否一致", FILES),
    "law": Command("doudi.cli.law", "列出、查询、检查政策数值；改数之前试算谁会变（replay）", LAW),
    "deadline": Command("doudi.cli.deadline", "列出一件申请的各个期限和依据", LAW),
    "docs": Command("doudi.cli.docs", "重新生成政策说明文档", LAW),
    "serve": Command("doudi.cli.serve", "启动网页工作台", REGISTER),
    "worker": Command("doudi.cli.worker", "单独启动后台处理（serve 已自带）", REGISTER),
    "demo": Command("doudi.cli.demo", "建立一个虚构的示范县", REGISTER),
    "doctor": Command("doudi.cli.doctor", "检查安装与数据库，说明哪里不对、怎么办", REGISTER),
    "audit": Command("doudi.cli.audit", "核验操作留痕是否被改动", REGISTER),
    "administrator": Command(
        "doudi.cli.administrator", "任命第一位系统管理员，或给丢了手机的系统管理员重置登录", REGISTER
    ),
    "keys": Command("doudi.cli.keys", "更换加密密钥（不停机）", REGISTER),
}

EXIT_CODES = """退出码：
  0  完成
  1  程序内部错误
  2  命令或参数写错了
  3  有几行没有通过检查（已另存），其余已测算
  4  输入无法读取，或整份被拒绝；law check 发现错误
  5  缺一个应由县里填写的政策数值（同时有行没有通过检查时，也是 5）
  6  重新计算的结果与原依据不一致
  7  安装或数据库有问题（doctor），或留痕不能判断（audit verify）
  8  留痕被改动（audit verify）"""

# argparse speaks English; an officer at the counter reads Chinese. What is not listed here passes unchanged.
_ARGPARSE_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
    (r"argument (.+?): expected one argument", r"参数 \1 后面要跟一个值"),
    (r"argument (.+?): expected at least one argument", r"参数 \1 后面至少要跟一个值"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"参数 \1 不能是 \2，可选：\3"),
    (r"argument (.+?): invalid (?:\w+) value: (.+)", r"参数 \1 的值 \2 写法不对"),
    (r"argument (.+?): not allowed with argument (.+)", r"参数 \1 不能和 \2 同时使用"),
    (r"one of the arguments (.+) is required", r"以下参数至少要写一个：\1"),
    (r"ambiguous option: (.+?) could match (.+)", r"参数 \1 不明确，可能是 \2"),
    (r"argument (.+?): (.+)", r"参数 \1：\2"),
)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose usage, headings and errors are Chinese."""

    def __init__(self, *, prog: str, description: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            add_help=False,
            allow_abbrev=False,
        )
        self._positionals.title = "要写的"
        self._optionals.title = "可选的"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", "用法：", 1)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        for pattern, chinese in _ARGPARSE_MESSAGES:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, chinese, message)
                break
        self.exit(Exit.USAGE, f"{message}\n{self.format_usage()}详细说明：{self.prog} --help\n")


def overview() -> str:
    """The text of `doudi --help`: every command with one line, by group, then the exit codes."""
    lines = ["兜底 doudi：低收入人口救助政策测算与登记", "", "用法：doudi 命令 [参数…]", ""]
    for group in (FILES, LAW, REGISTER):
        rows = [(name, row.help) for name, row in COMMANDS.items() if row.group == group]
        if rows:
            lines += [f"{group}：", *(f"  {name:<14}{text}" for name, text in rows), ""]
    lines += ["doudi 命令 --help 显示该命令的说明；doudi --version 显示版本。", "", EXIT_CODES]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. A traceback reaches the screen only with DOUDI_DEBUG=1."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if hasattr(time, "tzset"):  # today, by which rules are looked up, is Beijing's wherever the clock stands
        os.environ["TZ"] = "CST-8"
        time.tzset()
    _print_whatever_the_terminal(sys.stdout, sys.stderr)
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
    except Refusal as refusal:
        print(refusal.text, file=sys.stderr)
        return refusal.code
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has left; Python would flush again at exit and complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    except Exception as problem:
        if os.environ.get("DOUDI_DEBUG") == "1":
            raise
        print(_apology(problem, arguments), file=sys.stderr)
        return Exit.INTERNAL
    return code


def _dispatch(arguments: list[str]) -> int:
    if not arguments:
        print(overview(), file=sys.stderr)
        return Exit.USAGE
    name, *rest = arguments
    if name in ("-h", "--help", "help"):
        print(overview())
        return Exit.OK
    if name in ("-V", "--version"):
        print(f"doudi {version('doudi')}")
        return Exit.OK
    if name not in COMMANDS:
        raise Refusal(f"没有“{name}”这个命令。可用的命令：{'、'.join(COMMANDS)}", Exit.USAGE)
    row = COMMANDS[name]
    module = importlib.import_module(row.module)
    parser = Parser(prog=f"doudi {name}", description=row.help)
    module.add_arguments(parser)
    try:
        args = parser.parse_args(rest)
    except SystemExit as asked:  # argparse leaves this way after --help and after a usage error
        return int(asked.code or Exit.OK)
    return int(module.run(args))


def _print_whatever_the_terminal(*streams: IO[str]) -> None:
    """A name with a character the terminal cannot show prints as `?` instead of ending the run."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _apology(problem: Exception, arguments: list[str]) -> str:
    """Short words for the screen; the details, which may hold personal data, go to a file of the owner's."""
    headline = f"程序内部错误（{type(problem).__name__}），这不是您的操作问题，本次命令没有完成。"
    try:
        where = _write_details(arguments)
    except OSError:
        return f"{headline}\n详情无法写入磁盘；设 DOUDI_DEBUG=1 再运行一次可以看到。"
    return f"{headline}\n详情写在 {where}（仅本机本用户可读；可能含个人信息，转交前请先检查）。"


def _write_details(arguments: list[str]) -> Path:
    try:
        home = os.environ.get("DOUDI_HOME")  # what belongs to an installation stays with it
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        folder = Path(home) / "errors" if home else base / "doudi" / "errors"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home folder, or one that cannot be written: a service account
        folder = Path(tempfile.mkdtemp(prefix="doudi-errors-"))
    where = folder / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    handle = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"doudi {version('doudi')}\n{' '.join(arguments)}\n\n{traceback.format_exc()}")
    return where
