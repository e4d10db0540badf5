-- AlterTable
ALTER TABLE "Event" ADD COLUMN     "actorTokenId" UUID;
