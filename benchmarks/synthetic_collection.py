#!/usr/bin/env python3
"""Writes a collection of small gray PNG files, a folder per class, with nothing but Python's library.

usage: synthetic_collection.py FOLDER COUNT [SIZE]
"""

import os
import random
import struct
import sys
import zlib


def png(size, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + row for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 1)) + chunk(b"IEND", b"")


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 64
    draw = random.Random(7)
    for name in ("benign", "malignant"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for i in range(count):
        name = ("benign", "malignant")[i % 2]
        with open(os.path.join(folder, name, f"case_{i:07d}.png"), "wb") as file:
            file.write(png(size, [draw.randbytes(size) for _ in range(size)]))


if __name__ == "__main__":
    main()
