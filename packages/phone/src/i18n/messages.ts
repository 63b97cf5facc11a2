import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

/** Every text of the page; the Chinese table is the model, the compiler holds the others to it. */
export type Messages = typeof zhCN;

export type Language = 'zh-CN' | 'en';

export const messages: Record<Language, Messages> = { 'zh-CN': zhCN, en };

/** Each by its own name, whatever the page speaks. */
export const languageNames: Record<Language, string> = { 'zh-CN': '中文', en: 'English' };

/** The first of the reader's languages that we have; English for all others. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

/** Chinese breaks between any two signs: clauses are kept whole, lines break between them. */
export function clauses(text: string): string[] {
  return text.split(/(?<=[，。；：？！])/);
}
