#!/usr/bin/env python3
"""Decodes the files of a folder with another reader, as `sinter bench read` does with Sinter's.

usage: read_peers.py READER FOLDER [--processes 2] [--rounds 5]

READER is pydicom, gdcm, nibabel or pillow (Python packages, one process per processor, whose start is not timed), or dcmtk, imagemagick (a process per file, as the tools are used:
dcmconv, dcmdrle, dcmdjpeg or dcmdjpls to uncompressed DICOM, convert).
Prints one JSON object with the keys of `sinter bench read --json`.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import time


def pydicom(path):
    from pydicom import dcmread

    return dcmread(path).pixel_array.nbytes


def gdcm(path):
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(path)
    if not reader.Read():
        raise ValueError(path)
    return len(reader.GetImage().GetBuffer())


def nibabel(path):
    import nibabel
    import numpy

    return numpy.asanyarray(nibabel.load(path).dataobj.get_unscaled()).nbytes


def pillow(path):
    from PIL import Image

    with Image.open(path) as image:
        image.load()
        return image.width * image.height * len(image.getbands())


def piped(command):
    return len(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


DCMTK = {
    b"1.2.840.10008.1.2.5": "dcmdrle",
    b"1.2.840.10008.1.2.4.50": "dcmdjpeg",
    b"1.2.840.10008.1.2.4.51": "dcmdjpeg",
    b"1.2.840.10008.1.2.4.57": "dcmdjpeg",
    b"1.2.840.10008.1.2.4.70": "dcmdjpeg",
    b"1.2.840.10008.1.2.4.80": "dcmdjpls",
    b"1.2.840.10008.1.2.4.81": "dcmdjpls",
}


def dcmtk(path):
    with open(path, "rb") as file:
        head = file.read(1024)
    at = head.index(b"\x02\x00\x10\x00UI")
    syntax = head[at + 8 : at + 8 + head[at + 6]].rstrip(b"\0")
    subprocess.run([DCMTK.get(syntax, "dcmconv"), path, os.devnull], check=True)
    return os.path.getsize(path)


def imagemagick(path):
    return piped([os.environ.get("CONVERT", "convert"), path, "pgm:-"])


READERS = {f.__name__: f for f in (pydicom, gdcm, nibabel, pillow, dcmtk, imagemagick)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("folder")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    files = sorted(os.path.join(at, name) for at, _, names in os.walk(asked.folder) for name in names)
    rates, stored = [], 0
    with multiprocessing.Pool(asked.processes) as pool:
        chunk = max(1, min(64, len(files) // (8 * asked.processes)))
        for _ in range(asked.rounds):
            start = time.perf_counter()
            stored = sum(pool.imap_unordered(READERS[asked.reader], files, chunk))
            rates.append(len(files) / (time.perf_counter() - start))
    print(
        json.dumps(
            {
                "reader": asked.reader,
                "files": len(files),
                "stored_bytes": stored,
                "processes": asked.processes,
                "files_per_second": rates[0],
                "steady_files_per_second": statistics.median(rates[1:] or rates),
                "files_per_second_by_round": rates,
            }
        )
    )


if __name__ == "__main__":
    main()
