#!/usr/bin/env python3
"""Runs a program on a virtual display of its own: with_display.py PROGRAM [ARGUMENTS...]"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Display  # noqa: E402

with Display(1280, 720) as display:
    environment = {**os.environ, "DISPLAY": display.name, "LIBGL_ALWAYS_SOFTWARE": "1"}
    sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
