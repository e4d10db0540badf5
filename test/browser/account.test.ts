import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf } from '@apployd/server/testing/sign-in';
import { isLeftOut } from '../without.js';
import { ada, aFront, type Front } from './a-front.js';
import { findings } from './axe.js';
import { openBrowser, type Visitor } from './chromium.js';
import { anInvitation, pathInMail } from './mails.js';
import { open, settled } from './screens.js';

describe.skipIf(isLeftOut('browser'))('who has an account', () => {
  let front: Front;
  let visitor: Visitor;
  let page: Page;

  beforeAll(async () => {
    front = await aFront();
    visitor = await openBrowser();
    page = visitor.context.pages()[0] ?? (await visitor.context.newPage());
  }, 180_000);
  afterAll(async () => {
    await visitor?.close();
    await front?.close();
  }, 60_000);

  const go = async (path: string) => {
    await open(page, front.url + path);
    await settled(page);
  };
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
  const said = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const signOut = async () => {
    await go('/account');
    await press('Sign out');
    await heading('Sign in');
  };
  const signIn = async (email: string, password: string) => {
    await fill('Email', email);
    await fill('Password', password);
    await press('Sign in');
  };
  const otpauthUri = async () =>
    (await page.getByRole('link', { name: 'Open an authenticator of this device' }).getAttribute('href')) ?? '';

  const grace = 'grace@example.com';
  const first = 'a password of some length';
  const second = 'another one of some length';
  const third = 'and a third one as well';
  let recoveryCodes: readonly string[] = [];

  test('joins by the link of an invitation, and is verified by it', { timeout: 60_000 }, async () => {
    await go(await anInvitation(front, grace));
    await heading('Join Ada');
    await said('Ada invites g•••@example.com to be a developer of Ada.');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await fill('Your name', 'Grace');
    await fill('Email', grace);
    await fill('Password', first);
    expect(await page.getByLabel('Organization').count()).toBe(0);
    await press('Create account');
    await page.waitForURL(/\/ada$/);
    await go('/account');
    await said('Verified.');
  });

  test('who is signed in already joins by one press', { timeout: 60_000 }, async () => {
    await signOut();
    await go('/signup');
    await fill('Your name', 'Linus');
    await fill('Email', 'linus@example.com');
    await fill('Password', first);
    await press('Create account');
    await page.waitForURL(/\/linus$/);
    await go(await anInvitation(front, 'linus@example.com'));
    await said('You are signed in as linus@example.com.');
    await press('Join');
    await page.waitForURL(/\/ada$/);
  });

  test('verifies the address by the link that came with signing up, once', { timeout: 60_000 }, async () => {
    const link = await pathInMail(front, 'linus@example.com', 'verify-email');
    await go(link);
    await press('Verify this address');
    await said('linus@example.com is verified.');
    await go(link);
    await press('Verify this address');
    await said('This link was used already, has expired, or is not whole. Ask for another.');
    await signOut();
  });

  test('changes the password, and ends the other sessions', { timeout: 60_000 }, async () => {
    const elsewhere = await openBrowser();
    const other = elsewhere.context.pages()[0] ?? (await elsewhere.context.newPage());
    await open(other, `${front.url}/login`);
    await other.getByLabel('Email').fill(grace);
    await other.getByLabel('Password').fill(first);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.waitForURL(/\/ada$/);
    await signIn(grace, first);
    await page.waitForURL(/\/ada$/);
    await go('/account');
    await fill('Current password', 'not the password');
    await fill('New password', second);
    await press('Change the password');
    await said('This is not your password.');
    await fill('Current password', first);
    await fill('New password', second);
    await press('Change the password');
    await said('Your password was changed. Every other session has ended.');
    await page.getByText('Password changed').waitFor();
    expect(await page.getByRole('button', { name: /^End / }).count()).toBe(1);
    await open(other, `${front.url}/ada`);
    await other.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor();
    await elsewhere.close();
  });

  test('turns a second factor on, and signs in with its code', { timeout: 90_000 }, async () => {
    await fill('Your password, to begin', second);
    await press('Turn on');
    await page.getByRole('img', { name: 'QR code for your authenticator' }).waitFor();
    expect(await findings(page)).toEqual([]);
    const uri = await otpauthUri();
    recoveryCodes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();
    expect(recoveryCodes).toHaveLength(10);
    await fill('Code of the authenticator', '000000');
    await press('Confirm');
    await said(/^This code is not right/);
    expect(await otpauthUri()).toBe(uri);
    await fill('Code of the authenticator', await codeOf(uri));
    await press('Confirm');
    await said('Signing in asks for a code now. Every other session has ended.');
    await signOut();
    await signIn(grace, second);
    await heading('Enter your code');
    expect(await findings(page)).toEqual([]);
    await fill('Code', '000000');
    await press('Sign in');
    await said(/^This code is wrong/);
    // The one that has turned it on was used; the one after it is good already.
    await fill('Code', await codeOf(uri, 1));
    await press('Sign in');
    await page.waitForURL(/\/ada$/);
  });

  test('resets a password that was forgotten, and signs in with a recovery code', { timeout: 60_000 }, async () => {
    await signOut();
    await page.getByRole('link', { name: 'Forgot it?' }).click();
    await heading('Reset your password');
    await fill('Email', 'nobody@example.com');
    await press('Send the link');
    await said('Where nobody@example.com has an account, a mail with a link is on its way.');
    await go('/reset-password');
    await fill('Email', grace);
    await press('Send the link');
    await said(`Where ${grace} has an account, a mail with a link is on its way.`);
    await go(await pathInMail(front, grace, 'reset-password'));
    await fill('New password', third);
    await press('Set the password');
    await said('Your password was changed.');
    await signIn(grace, third);
    await heading('Enter your code');
    await fill('Code', recoveryCodes[0] ?? '');
    await press('Sign in');
    await page.waitForURL(/\/ada$/);
    await go('/account');
    await page.getByText('Password reset by mail').waitFor();
    await said('Signing in asks for a code. 9 recovery codes are left.');
  });

  test('is told where an invitation is for somebody else', { timeout: 60_000 }, async () => {
    await go(await anInvitation(front, 'margaret@example.com'));
    await press('Join');
    await said('This invitation is for another e-mail address. Use the address that it was sent to.');
    expect(await page.getByText(ada.email).count()).toBe(0);
  });
});
