/**
 * Shows how much calls this person where the app is not looked at: in the tab's title, and on the
 * installed app's icon where the browser can.
 */
export const showCount = (count: number, appName: string): void => {
  document.title = count === 0 ? appName : `(${count}) ${appName}`;
  const done = (navigator as Partial<Navigator>).setAppBadge?.call(navigator, count);
  // A badge that the system does not allow is not missed: the title says the same.
  done?.catch(() => undefined);
};
