/** Class names that contain the text. Prefix matches come first; otherwise the order is kept. */
export function searchClasses(classes: readonly string[], text: string): string[] {
  const wanted = text.trim().toLowerCase();
  const found = classes.filter((label) => label.toLowerCase().includes(wanted));
  const begins = (label: string) => label.toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((label) => !begins(label))];
}
