/** Draws the tile of a film without a poster. Its colours are in the style sheet, which knows light and dark. */

import { initialsOf, type TileDesign, tileDesign } from "./tile-design.ts";

interface TileProps {
  readonly title: string;
  readonly year: number | undefined;
}

export function Tile({ title, year }: TileProps) {
  const { palette, pattern, chances } = tileDesign(title, year);
  return (
    <>
      <svg class={`tile palette-${palette}`} viewBox="0 0 200 300" aria-hidden="true" focusable="false">
        <rect class="ground" width="200" height="300" />
        {DRAW[pattern](chances)}
      </svg>
      <span class="initials">{initialsOf(title)}</span>
    </>
  );
}

type Chances = TileDesign["chances"];

const DRAW: Readonly<Record<TileDesign["pattern"], (chances: Chances) => preact.ComponentChildren>> = {
  sun: ([x = 0, size = 0]) => [
    <circle key="sun" class="bright" cx={60 + 90 * x} cy="120" r={38 + 24 * size} />,
    <rect key="ground" class="deep" y="170" width="200" height="130" />,
    <rect key="shine" class="bright faint" x={60 + 90 * x - 30} y="186" width="60" height="4" />,
    <rect key="shine-2" class="bright faint" x={60 + 90 * x - 18} y="200" width="36" height="4" />,
  ],
  arcs: ([corner = 0]) =>
    [190, 150, 110, 70, 32].map((r, at) => (
      <circle key={r} class={at % 2 === 0 ? "deep" : "bright"} cx={corner < 0.5 ? 0 : 200} cy="215" r={r} />
    )),
  stripes: ([slope = 0, width = 0]) =>
    [0, 1, 2, 3, 4].map((at) => (
      <rect
        key={at}
        class={at % 2 === 0 ? "bright" : "deep"}
        x={-60 + at * 62}
        y="-120"
        width={16 + 18 * width}
        height="540"
        transform={`rotate(${slope < 0.5 ? 28 : -28} 100 150)`}
      />
    )),
  hills: ([moon = 0, a = 0, b = 0]) => [
    <circle key="moon" class="bright" cx={40 + 120 * moon} cy="72" r="24" />,
    <path key="far" class="faint bright" d={`M0 190 Q ${40 + 60 * a} 110 110 180 T 200 150 V300 H0Z`} />,
    <path key="near" class="deep" d={`M0 220 Q ${30 + 80 * b} 160 120 214 T 200 205 V300 H0Z`} />,
  ],
  lights: (chances) =>
    Array.from({ length: 20 }, (_, at) => {
      const [column, row] = [at % 4, Math.floor(at / 4)];
      const chance = chances[(at * 5) % chances.length] ?? 0;
      const [x, y] = [35 + column * 43, 36 + row * 43];
      return <circle key={at} class={chance < 0.3 ? "deep" : "bright"} cx={x} cy={y} r={3 + 13 * chance} />;
    }),
  moons: ([x = 0, y = 0]) => [
    <circle key="one" class="bright" cx={75 + 20 * x} cy={110} r="62" />,
    <circle key="two" class="deep" cx={112 + 20 * x} cy={120 + 40 * y} r="62" />,
  ],
  skyline: (chances) =>
    Array.from({ length: 7 }, (_, at) => {
      const height = 60 + 140 * (chances[at] ?? 0);
      return (
        <rect
          key={at}
          class={at % 3 === 1 ? "bright" : "deep"}
          x={at * 29 - 1}
          y={300 - height}
          width="26"
          height={height}
        />
      );
    }),
  rays: ([x = 0, turn = 0]) =>
    Array.from({ length: 9 }, (_, at) => (
      <path
        key={at}
        class={at % 2 === 0 ? "bright" : "deep"}
        d="M0 0 L -26 330 L 26 330 Z"
        transform={`translate(${30 + 140 * x} 40) rotate(${-80 + 20 * at + 20 * turn})`}
      />
    )),
};
