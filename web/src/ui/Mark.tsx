/** The mark: three voices that overlap. Decoration beside the name. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="12" cy="12.5" r="8.5" fill="var(--mark-1)" />
      <circle cx="21.5" cy="14" r="7" fill="var(--mark-2)" opacity="0.88" />
      <circle cx="15.5" cy="22" r="6" fill="var(--mark-3)" opacity="0.92" />
    </svg>
  );
}
