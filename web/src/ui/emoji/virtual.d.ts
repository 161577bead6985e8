declare module "virtual:emoji" {
  /** By group: the emoji, its name in English and in Chinese, further words to find it by. */
  const groups: [emoji: string, english: string, chinese: string, words: string][][];
  export default groups;
}
