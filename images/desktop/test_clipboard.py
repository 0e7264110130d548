"""Checks which way text passes between a VNC viewer and the session: argument "", "in", "out" or "in,out".

A viewer (this program, over RFB 3.8 with the plain clipboard messages) and the session (xclip) each offer a text.
"""
import os
import socket
import struct
import subprocess
import sys
import time

expected = set(filter(None, sys.argv[1].split(",")))
environment = {**os.environ, "DISPLAY": ":1"}


def offer(text):
    # xclip stays in the background to serve the text: it must not keep this program's output open.
    subprocess.run(
        ["xclip", "-selection", "clipboard", "-in"], env=environment, timeout=5, input=text, check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def clipboard():
    command = ["xclip", "-selection", "clipboard", "-out"]
    return subprocess.run(command, env=environment, timeout=5, stdout=subprocess.PIPE).stdout


viewer = socket.create_connection(("127.0.0.1", 5901), timeout=5)


def read(count):
    data = b""
    while len(data) < count:
        part = viewer.recv(count - len(data))
        if not part:
            raise EOFError("the server closed the connection")
        data += part
    return data


read(12)
viewer.sendall(b"RFB 003.008\n")
assert 1 in read(read(1)[0]), "no security type None"
viewer.sendall(b"\1")
assert read(4) == bytes(4), "not let in"
viewer.sendall(b"\1")  # shared
read(20)
read(struct.unpack(">I", read(4))[0])  # the name
viewer.sendall(struct.pack(">BxHi", 2, 1, 0))  # SetEncodings: raw alone, so no extended clipboard

# In: the viewer's text has to become the session's clipboard.
offer(b"nothing")
time.sleep(0.3)
text = b"pasted in by the viewer"
viewer.sendall(struct.pack(">B3xI", 6, len(text)) + text)
time.sleep(0.5)
passed = set()
if clipboard() == text:
    passed.add("in")

# Out: the session's text has to reach the viewer as ServerCutText. No update was asked for, so nothing else comes but bells.
offer(b"copied out by the session")
viewer.settimeout(1.5)
try:
    while "out" not in passed:
        kind = read(1)[0]
        if kind == 3:
            data = read(struct.unpack(">3xI", read(7))[0])
            if data == b"copied out by the session":
                passed.add("out")
        elif kind != 2:
            raise SystemExit(f"message {kind} was not expected")
except TimeoutError:
    pass

print(f"passed {sorted(passed)}, expected {sorted(expected)}")
raise SystemExit(passed != expected)
