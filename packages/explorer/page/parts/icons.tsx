/** Small signs beside words that say the same. */

export function FilmIcon() {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <rect x="1.75" y="2.75" width="12.5" height="10.5" rx="2" />
      <path d="M5 3v10M11 3v10M2 8h3M11 8h3" />
    </svg>
  );
}

export function PersonIcon() {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="5" r="3" />
      <path d="M2.5 14c.4-3.2 2.5-4.8 5.5-4.8s5.1 1.6 5.5 4.8" />
    </svg>
  );
}
