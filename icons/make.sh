#!/bin/sh
# Draws every size of the icon from plateside.svg, with librsvg's rsvg-convert, and packs the ones that Windows and macOS want.
# The results are committed: a build needs no drawing program.
set -eu
cd "$(dirname "$0")"
for size in 16 24 32 48 64 128 256 512; do
    rsvg-convert --width "$size" --height "$size" plateside.svg --output "plateside-$size.png"
done
python3 pack.py
