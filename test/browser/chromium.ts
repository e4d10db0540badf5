import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { findProgram } from '../host/command.js';
import { browserPrograms } from '../host/browser-programs.js';

/** No part of it may leave this machine, and none may wait for a display. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP *.localhost 127.0.0.1',
];

export type Screen = {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  readonly isPhone?: boolean;
  /** How many of its own pixels stand for one of the page. */
  readonly zoom?: number;
  readonly forcedColors?: 'active';
  readonly reducedMotion?: 'reduce';
  /** Where the visitor is, by the clock. */
  readonly zone?: string;
};

export const desktop: Screen = { width: 1280, height: 860 };
export const phone: Screen = { width: 390, height: 844, isPhone: true };

/** A browser of one visitor, with nothing remembered. */
export type Visitor = { readonly context: BrowserContext; close(): Promise<void> };

export async function openBrowser(screen: Screen = desktop): Promise<Visitor> {
  const { width, height, scheme = 'light', isPhone, zoom, forcedColors, reducedMotion, zone } = screen;
  const programs = await Promise.all(browserPrograms.map(findProgram));
  const executablePath = programs.find((file) => file !== null);
  if (!executablePath) throw new Error('The browser suite needs Chromium: run `npm run setup:host`, or leave it out.');
  const profile = await mkdtemp(path.join(os.tmpdir(), 'apployd-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    viewport: { width, height },
    colorScheme: scheme,
    ...(zoom ? { deviceScaleFactor: zoom } : {}),
    ...(forcedColors ? { forcedColors } : {}),
    ...(reducedMotion ? { reducedMotion } : {}),
    ...(zone ? { timezoneId: zone } : {}),
    ...(isPhone ? { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } : {}),
  });
  context.setDefaultTimeout(30_000);
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
