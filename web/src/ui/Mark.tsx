/** The mark: three voices that overlap. Decoration beside the name. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="12" cy="12" r="8.5" fill="var(--pine)" />
      <circle cx="21" cy="14.5" r="7" fill="var(--persimmon)" opacity="0.9" />
      <circle cx="14.5" cy="21" r="6.5" fill="var(--ink)" opacity="0.85" />
    </svg>
  );
}
