"""Chooses and places the demo's pictures: writes images.csv and the files of images/ that are not copies.

python demo/make_images.py NF1_FOLDER HUMAN_FOLDER    (numpy, scipy, pillow, tifffile, imagecodecs)

The two folders are those of SOURCE.md; the nuclei come from models/data. Nothing here is random.
"""

import csv
import shutil
import sys
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter, label

DEMO = Path(__file__).parent
NUCLEI = DEMO.parent / "models" / "data"
BLUR_PX = 5
PLATES = [row["barcode"] for row in csv.DictReader(open(DEMO / "plates.csv"))]
# Wells with four sites of nuclei each, and the one site of them that is blurred.
WELLS = ["B03", "B10", "C06", "D15", "E20"]
BLURRED = ("B10", 3)
HUMAN, NF1 = "A05", "A12"
# A well of one megapixel and more, on the first plate and the fourth.
LARGE = ("C18", "1388x1040")
HUMAN_CHANNELS = ["DNA", "PH3", "Cells"]
NF1_CHANNELS = ["DNA", "ER", "Actin"]


def nuclei(mask: Path) -> int:
    return len(np.unique(np.array(Image.open(mask)))) - 1


def main(nf1: Path, human: Path) -> None:
    out = DEMO / "images"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    rows = []
    listed = list(csv.DictReader(open(NUCLEI / "split.csv")))
    there = {path.stem for path in (NUCLEI / "images").iterdir()}
    # Sharp, well filled ones: the twenty of the middle of the family by number of nuclei.
    family = sorted((int(row["nuclei"]), row["file"]) for row in listed if row["family"] == "360x360" and row["file"] in there)
    middle = len(family) // 2
    pool = [name for _, name in family[middle - 10 : middle + 10]]
    large = next(row["file"] for row in listed if row["family"] == LARGE[1] and row["file"] in there)
    for name in sorted(pool):
        image = np.array(Image.open(NUCLEI / "images" / f"{name}.png"))
        soft = gaussian_filter(image.astype(np.float64), BLUR_PX, mode="mirror")
        # Only those that are placed blurred are kept, below.
        Image.fromarray(np.round(soft).astype(np.uint8)).save(out / f"blurred-{name}.png", optimize=True)
    for path in sorted(human.glob("*.tif")):
        shutil.copyfile(path, out / f"ht29-{path.stem[-1]}.tif")
    masks = nf1.parent / "masks"
    nf1_nuclei = {}
    for path in sorted(nf1.glob("*.tif")):
        well, channel = path.stem.split("_")[0], int(path.stem.split("_")[2])
        shutil.copyfile(path, out / f"nf1-{well}-{channel}.tif")
        if channel == 1:
            nf1_nuclei[well] = label(tifffile.imread(masks / f"{path.stem}_MaskNuclei.tiff") > 0)[1]
    used = set()
    for place, barcode in enumerate(PLATES):
        for channel, name in enumerate(HUMAN_CHANNELS):
            rows.append([barcode, HUMAN, 1, name, f"ht29-{channel}.tif", "", ""])
        if place < 4:
            well = ["B7", "D6"][place % 2]
            for channel, name in enumerate(NF1_CHANNELS, 1):
                count = nf1_nuclei[well] if channel == 1 else ""
                rows.append([barcode, NF1, 1, name, f"nf1-{well}-{channel}.tif", count, ""])
        for at in range(len(WELLS) * 4):
            well, site = WELLS[at // 4], at % 4 + 1
            name = pool[(at + 7 * place) % len(pool)]
            count = nuclei(NUCLEI / "masks" / f"{name}.png")
            if (well, site) == BLURRED:
                used.add(name)
                rows.append([barcode, well, site, "DNA", f"blurred-{name}.png", count, BLUR_PX])
            else:
                rows.append([barcode, well, site, "DNA", f"{name}.png", count, ""])
        if place in (0, 3):
            rows.append([barcode, LARGE[0], 1, "DNA", f"{large}.png", nuclei(NUCLEI / "masks" / f"{large}.png"), ""])
    for path in out.glob("blurred-*.png"):
        if path.stem.removeprefix("blurred-") not in used:
            path.unlink()
    with open(DEMO / "images.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["barcode", "well", "site", "channel", "file", "nuclei", "blurred_px"])
        table.writerows(rows)
    for name in sorted({row[4] for row in rows}):
        print(name)


main(Path(sys.argv[1]), Path(sys.argv[2]))
