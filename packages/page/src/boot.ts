// Sets the chosen language and theme before the first paint, so that nothing flashes.
function stored(name: string): string | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`flashcards.${name}`) ?? 'null');
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
const root = document.documentElement;
const theme = stored('theme');
if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
root.lang = (stored('words') ?? navigator.language).startsWith('zh') ? 'zh-Hans' : 'en';
