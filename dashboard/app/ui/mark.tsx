/** The product's own sign: three basins. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden>
      <rect width="22" height="22" rx="6" fill="var(--primary)" />
      <path d="M5 9h3.4v8H6.5A1.5 1.5 0 0 1 5 15.5z" fill="var(--on-primary)" opacity=".55" />
      <path d="M9.3 5h3.4v12H9.3z" fill="var(--on-primary)" />
      <path d="M13.6 11.5H17v4a1.5 1.5 0 0 1-1.5 1.5h-1.9z" fill="var(--on-primary)" opacity=".75" />
    </svg>
  );
}
