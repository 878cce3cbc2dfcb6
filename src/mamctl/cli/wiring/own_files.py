"""The files of mamctl itself and the crontab, for the commands that read and write them."""

from __future__ import annotations

from mamctl.adapters.config_file import read_config, set_key
from mamctl.adapters.crontab import CrontabError, NoCrontabProgramError, read_crontab, replace_crontab
from mamctl.adapters.private_files import shown_variable, write_private
from mamctl.adapters.published_files import check_target, publish

__all__ = [
    "CrontabError",
    "NoCrontabProgramError",
    "check_target",
    "publish",
    "read_config",
    "read_crontab",
    "replace_crontab",
    "set_key",
    "shown_variable",
    "write_private",
]
